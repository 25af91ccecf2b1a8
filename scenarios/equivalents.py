"""What may be otherwise in a correct network, so that no expectation need notice.

A scenario lists those that concern it. Whatever a correct stack does determine is checked, by the
filters of its steps or by the laws of the lab (docs/mutation.md).
"""

from wirelab.verify import equivalent

IP_ID = equivalent(
    "ip.id", "a sender numbers packets that are not cut as it likes (RFC 6864 section 4.1)"
)
DONT_FRAGMENT = equivalent(
    "ip.flags.df", "a sender decides for itself whether its packets may be cut (RFC 791)"
)
QUOTED_TTL = equivalent(
    "ip.ttl#2", "a router may count down before it finds out what is wrong (RFC 1812 4.3.2.3)"
)
QUOTED_HOP_LIMIT = equivalent(
    "ipv6.hlim#2",
    "RFC 4443 leaves open whether the quote is from before or after forwarding; Linux does both",
)
FLOW_LABEL = equivalent("ipv6.flow", "a sender labels its flows as it likes (RFC 6437 section 3)")
NONCE = equivalent("icmpv6.opt.nonce", "it is random (RFC 7527 section 4.1)")
TCP_OFFERS = (
    equivalent(
        "tcp.window_size_value", "a receiver offers as much room as it likes (RFC 9293 3.8.6)"
    ),
    equivalent(
        "tcp.options.mss_val", "a receiver says how large segments it takes (RFC 9293 3.7.1)"
    ),
    equivalent(
        "tcp.options.wscale.shift", "a receiver scales its window as it likes (RFC 7323 2.2)"
    ),
    equivalent(
        "tcp.options.timestamp.tsval", "a sender's clock ticks as fast as it likes (RFC 7323 5.4)"
    ),
    equivalent(
        "tcp.flags.push", "a sender without PUSH calls decides where to set it (RFC 9293 3.9.1.2)"
    ),
)
WEB_CLIENT = equivalent(
    "http", "a client tells of itself what it likes (RFC 9110 section 10.1.5)", steps=("*_get",)
)
FTP_TEXT = equivalent(
    "ftp.response.arg", "what a server says behind the number is for people (RFC 959 section 4.2)"
)
