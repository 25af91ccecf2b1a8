"""The kernel settings that every node starts with: a quiet, truthful wire.

A new namespace inherits the host's IPv4 settings, which distributions change; these put the
kernel's own defaults back, so that a lab behaves the same everywhere
(Documentation/networking/ip-sysctl.rst). Three are not the defaults: ICMP errors of both versions
are sent without a limit, and TCP sends no tail loss probes.
"""

NO_IPV6: dict[str, str | int] = {
    "net.ipv6.conf.all.disable_ipv6": 1,
    "net.ipv6.conf.default.disable_ipv6": 1,
}

QUIET: dict[str, str | int] = {
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.conf.all.accept_redirects": 1,
    "net.ipv4.conf.default.accept_redirects": 1,
    "net.ipv4.conf.all.send_redirects": 1,
    "net.ipv4.conf.default.send_redirects": 1,
    # Every ICMP error that a scenario provokes is to be sent, however many there are.
    "net.ipv4.icmp_ratelimit": 0,
    # No tail loss probe (RFC 8985 section 7). Where the round trip takes microseconds it comes
    # after two ticks, before the delayed acknowledgment (40 ms): on a busy machine a segment
    # that was not lost is sent twice (tcp_schedule_loss_probe in net/ipv4/tcp_output.c).
    # What is lost is still sent again when the retransmission timer ends.
    "net.ipv4.tcp_early_retrans": 0,
}

QUIET_IPV6: dict[str, str | int] = {
    "net.ipv6.conf.all.disable_ipv6": 0,
    "net.ipv6.conf.default.disable_ipv6": 0,
    "net.ipv6.icmp.ratelimit": 0,
}

FORWARDING: dict[str, str | int] = {"net.ipv4.ip_forward": 1}

FORWARDING_IPV6: dict[str, str | int] = {"net.ipv6.conf.all.forwarding": 1}


def starting(*, ipv6: bool, router: bool) -> dict[str, str | int]:
    """Return the sysctls of a new node's namespace."""
    values = QUIET | (QUIET_IPV6 if ipv6 else NO_IPV6)
    if router:
        # Before the others: switching forwarding resets settings (net/ipv4/devinet.c).
        values = FORWARDING | (FORWARDING_IPV6 if ipv6 else {}) | values
    return values
