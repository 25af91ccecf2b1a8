"""What a DHCP client's script is told, read back."""

from hypothesis import given
from hypothesis import strategies as st

from wirelab.traffic.clients import Lease
from wirelab.traffic.clients.lease import from_dhcpcd, from_udhcpc, parse_given

UDHCPC = {
    "event": "bound",
    "ip": "192.168.10.110",
    "mask": "24",
    "serverid": "192.168.10.1",
    "lease": "86400",
    "opt58": "0000a8c0",
    "opt59": "00012750",
    "router": "192.168.10.1 192.168.10.2",
    "dns": "192.168.10.53",
    "boot_file": "pxelinux.0",
    "sname": "files.example.test",
}

DHCPCD = {
    "reason": "BOUND",
    "new_ip_address": "192.168.10.110",
    "new_subnet_cidr": "24",
    "new_dhcp_server_identifier": "192.168.10.1",
    "new_dhcp_lease_time": "86400",
    "new_dhcp_renewal_time": "43200",
    "new_dhcp_rebinding_time": "75600",
    "new_routers": "192.168.10.1 192.168.10.2",
    "new_domain_name_servers": "192.168.10.53",
    "new_filename": "pxelinux.0",
    "new_server_name": "files.example.test",
}

LEASE = Lease(
    event="bound",
    ip="192.168.10.110",
    prefix=24,
    server="192.168.10.1",
    seconds=86400,
    renewal=43200,
    rebinding=75600,
    routers=("192.168.10.1", "192.168.10.2"),
    name_servers=("192.168.10.53",),
    boot_file="pxelinux.0",
    server_name="files.example.test",
)


def test_both_clients_tell_the_same_lease() -> None:
    from_the_other = from_dhcpcd(DHCPCD)
    assert from_udhcpc(UDHCPC) == LEASE
    assert from_the_other is not None
    assert from_the_other.event == "BOUND"
    assert {**vars(from_the_other), "event": "bound"} == vars(LEASE)


def test_what_is_optional_may_be_missing() -> None:
    needed = ("event", "ip", "mask", "serverid", "lease")
    lease = from_udhcpc({name: UDHCPC[name] for name in needed})
    assert lease is not None
    assert (lease.renewal, lease.rebinding) == (None, None)
    assert (lease.routers, lease.name_servers, lease.boot_file) == ((), (), "")


def test_an_address_without_a_lease_lasts_for_no_time() -> None:
    told = {"reason": "IPV4LL", "new_ip_address": "169.254.7.9", "new_subnet_cidr": "16"}
    lease = from_dhcpcd(told)
    assert lease is not None
    assert (lease.event, lease.ip, lease.server, lease.seconds) == ("IPV4LL", "169.254.7.9", "", 0)


def test_other_events_are_about_no_lease() -> None:
    assert from_udhcpc({"event": "deconfig"}) is None
    assert from_dhcpcd({"reason": "PREINIT"}) is None
    assert from_dhcpcd({}) is None


_NAMES = st.sampled_from(sorted(UDHCPC))
_VALUES = st.text("aZ09 .:=-_$\"'", max_size=12)


@given(st.lists(st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=4), max_size=4))
def test_blocks_are_read_as_they_were_written(told: list[dict[str, str]]) -> None:
    text = "".join(
        "".join(f"{name}={value}\n" for name, value in block.items()) + "--\n" for block in told
    )
    assert parse_given(text) == told
    assert parse_given(text + "ip=192.16") == told
