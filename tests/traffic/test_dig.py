"""What dig says."""

from traffic_labs import in_lab

from wirelab.emulator import Lab
from wirelab.topologies.lan import Lan
from wirelab.traffic.clients import Dig, dig
from wirelab.traffic.clients.dig import Answer, parse_dig
from wirelab.traffic.daemon import start
from wirelab.traffic.servers import Nsd, Record, Zone

SAID = """\

; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> -r @10.0.0.53 www.example.test A
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 2053
;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 2

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;www.example.test.\t\tIN\tA

;; ANSWER SECTION:
www.example.test.\t300\tIN\tCNAME\twww.example.test.cdn.test.
www.example.test.cdn.test. 300\tIN\tA\t203.0.113.10

;; AUTHORITY SECTION:
cdn.test.\t\t86400\tIN\tNS\tns3.cdn.test.

;; ADDITIONAL SECTION:
ns3.cdn.test.\t\t86400\tIN\tA\t10.0.0.4

;; Query time: 4 msec
;; SERVER: 10.0.0.53#53(10.0.0.53) (UDP)
;; MSG SIZE  rcvd: 192

"""

NO_REPLY = """\
;; communications error to 10.0.20.20#53: connection refused

; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> -r @10.0.20.20 www.example.test A
;; no servers could be reached
"""


def test_header_counts_and_sections_are_read() -> None:
    assert parse_dig(SAID) == Dig(
        id=2053,
        status="NOERROR",
        flags=("qr", "rd", "ra"),
        counts=(1, 2, 1, 2),
        answers=(
            Answer("www.example.test.", 300, "CNAME", "www.example.test.cdn.test."),
            Answer("www.example.test.cdn.test.", 300, "A", "203.0.113.10"),
        ),
        authority=(Answer("cdn.test.", 86400, "NS", "ns3.cdn.test."),),
        additional=(Answer("ns3.cdn.test.", 86400, "A", "10.0.0.4"),),
        time=4.0,
    )


def test_no_reply_is_read() -> None:
    assert parse_dig(NO_REPLY) == Dig(None, "", (), (0, 0, 0, 0), (), (), (), None)


def test_a_server_that_is_not_there_gives_no_reply() -> None:
    result = in_lab(Lan(), lambda lab: dig(lab["c"], lab["s"].ip(), "example.test", timeout=1))
    assert (result.id, result.status) == (None, "")


def test_a_truncated_answer_is_asked_for_again_over_tcp() -> None:
    texts = tuple(Record("www", "TXT", f'"{n:0200}"') for n in range(3))
    zone = Zone("example.test.", (Record("@", "NS", "ns.test."), *texts), primary="ns.test.")

    def work(lab: Lab) -> Dig:
        start(lab, lab["s"], Nsd((zone,)))
        return dig(lab["c"], lab["s"].ip(), "www.example.test", "TXT")

    answer = in_lab(Lan(), work)
    assert (answer.status, len(answer.answers)) == ("NOERROR", 3)
    assert "tc" not in answer.flags
