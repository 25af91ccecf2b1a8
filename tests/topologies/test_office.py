"""The office: DHCP, DNS and FTP up at once on one server, and used by its clients."""

from wirelab.emulator import Lab, sandbox
from wirelab.topologies.office import Office
from wirelab.traffic.clients import dig, ftp_session
from wirelab.traffic.daemon import start
from wirelab.traffic.servers import DhcpRelay, Dnsmasq, Nsd, Pyftpd, Record, Zone, name_servers


def _office() -> tuple[list[str], list[str], set[tuple[str, int]]]:
    with Lab(Office()) as lab:
        srv, r1, ip = lab["srv"], lab["r1"], lab["srv"].ip()
        zone = Zone(
            "office.test.", (*name_servers("@", {"ns": ip}), Record("www", "A", ip)), primary="ns"
        )
        network = str(lab["c1"].interface().addresses[0].network)
        daemons = [
            start(lab, srv, Dnsmasq(network=network, ping_check=False)),
            start(lab, srv, Nsd(zones=(zone,))),
            start(lab, srv, Pyftpd(home={"hello.txt": b"hello"})),
            start(lab, r1, DhcpRelay(server=ip)),
        ]
        listening = {(socket.proto, socket.port) for socket in srv.sockets()}
        answers = [answer.data for answer in dig(lab["c1"], ip, "www.office.test").answers]
        session = ftp_session(lab["c2"], ip, ("USER anonymous", "PASS x", "RETR hello.txt", "QUIT"))
        for daemon in daemons:
            daemon.check()
            daemon.stop()
        return answers, [str(transfer.size) for transfer in session.transfers], listening


def test_the_whole_stack_serves_at_once() -> None:
    answers, sizes, listening = sandbox.call(_office)
    assert answers == ["10.0.20.53"]
    assert sizes == ["5"]
    assert {("udp", 67), ("udp", 53), ("tcp", 21)} <= listening
