"""What recursors have in common."""

from wirelab.traffic.servers.recursor import hints_file, queries

NAMED = """\
23-Nov-2026 11:16:53.774 running
23-Nov-2026 11:16:54.100 client @0x7f92 127.0.0.1#4000 (.): query: . IN NS +E(0)K (127.0.0.1)
23-Nov-2026 11:16:55.466 client @0x7f92 10.0.0.10#40816 (www.example.test): query: \
www.example.test IN A +E(0) (10.0.0.53)
"""

UNBOUND = """\
[1795433638] unbound[465:0] info: start of service (unbound 1.17.1).
[1795433638] unbound[465:0] info: 127.0.0.1 . NS IN
[1795433638] unbound[465:0] info: 10.0.0.10 www.example.test. A IN
"""


def test_hints_name_every_root_server_and_its_address() -> None:
    assert hints_file({"a.root": "10.0.0.1", "b.root.": "10.0.0.2"}) == (
        ". 3600000 NS a.root.\na.root. 3600000 A 10.0.0.1\n"
        ". 3600000 NS b.root.\nb.root. 3600000 A 10.0.0.2\n"
    )


def test_clients_questions_are_read_and_the_priming_is_not() -> None:
    question = {"client": "10.0.0.10", "name": "www.example.test", "type": "A"}
    assert queries(NAMED) == queries(UNBOUND) == [question]


def test_a_log_without_questions_has_none() -> None:
    assert queries("23-Nov-2026 11:16:53.774 running\n") == []
