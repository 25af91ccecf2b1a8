from frames import Talk, dissected
from samples.apps import ssh


def test_both_sides_say_what_they_are() -> None:
    packets = dissected(*ssh())
    said = [value for packet in packets for value in packet.values("ssh.protocol")]
    assert said == ["SSH-2.0-OpenSSH_9 Debian", "SSH-2.0-x"]


def test_what_follows_has_no_name() -> None:
    packet = dissected(*ssh())[-1]
    assert packet.has("ssh")
    assert packet.values("ssh.protocol") == ()


def test_at_another_port_it_is_only_data() -> None:
    packet = dissected(*Talk(40000, 2222).open().client("PA", b"SSH-2.0-x\r\n").sent)[3]
    assert packet.has("data")
