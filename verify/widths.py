"""How wide the numbers of fields are: a greater one can never be found, so it is refused.

Source: the types of Wireshark 4.0's fields, `tshark -G fields`.
"""

from __future__ import annotations

_ORDINARY = 32
_NAMES = {
    8: """
        arp.hw.size arp.proto.size dhcp.fqdn.flags dhcp.hops dhcp.hw.len dhcp.hw.type
        dhcp.option.dhcp dhcp.option.end dhcp.option.length dhcp.option.option_overload
        dhcp.option.request_list_item dhcp.option.type dhcp.type dhcpv6.hopcount
        dhcpv6.iaprefix.pref_len dhcpv6.msgtype dhcpv6.option_preference dns.resp.edns0_version
        dns.resp.ext_rcode dns.txt.length icmp.checksum.status icmp.code icmp.num_addrs
        icmp.type icmpv6.checksum.status icmpv6.code icmpv6.mld.flag.qrv icmpv6.mld.qqi
        icmpv6.mldr.mar.aux_data_len icmpv6.mldr.mar.record_type icmpv6.nd.ra.cur_hop_limit
        icmpv6.nd.ra.flag icmpv6.nd.ra.flag.prf icmpv6.opt.length icmpv6.opt.prefix.flag
        icmpv6.opt.prefix.length icmpv6.opt.type icmpv6.type ip.checksum.status ip.dsfield
        ip.dsfield.dscp ip.dsfield.ecn ip.flags ip.hdr_len ip.opt.len ip.opt.ptr ip.opt.type
        ip.opt.type.class ip.opt.type.number ip.proto ip.ttl ip.version ipv6.dstopts.len
        ipv6.dstopts.nxt ipv6.fraghdr.nxt ipv6.hlim ipv6.hopopts.len ipv6.hopopts.nxt
        ipv6.nxt ipv6.routing.len ipv6.routing.nxt ipv6.routing.segleft ipv6.routing.type
        ipv6.version llc.dsap llc.ssap tcp.checksum.status tcp.completeness tcp.hdr_len
        tcp.option_kind tcp.option_len tcp.options.wscale.shift tls.alert_message.desc
        tls.alert_message.level tls.handshake.type tls.record.content_type
        tls.record.opaque_type udp.checksum.status
    """,
    16: """
        arp.hw.type arp.opcode arp.proto.type dhcp.client_id.duid_type dhcp.flags
        dhcp.flags.reserved dhcp.option.dhcp_max_message_size dhcp.option.interface_mtu
        dhcp.secs dhcpv6.duid.type dhcpv6.duidll.hwtype dhcpv6.duidllt.hwtype
        dhcpv6.elapsed_time dhcpv6.option.length dhcpv6.option.type
        dhcpv6.requested_option_code dhcpv6.status_code
        dns.count.add_rr dns.count.answers dns.count.auth_rr dns.count.labels
        dns.count.queries dns.flags dns.flags.opcode dns.flags.rcode dns.id dns.length
        dns.mx.preference dns.qry.class dns.qry.name.len dns.qry.type dns.resp.class
        dns.resp.len dns.resp.type dns.resp.z dns.rr.udp_payload_size dns.srv.port
        dns.srv.priority dns.srv.weight eth.len eth.type ftp.active.port ftp.eprt.port
        ftp.epsv.port ftp.passive.port gre.proto http.response.code icmp.checksum icmp.ident
        icmp.ident_le icmp.mtu icmp.seq icmp.seq_le icmpv6.checksum icmpv6.echo.identifier
        icmpv6.echo.sequence_number icmpv6.mld.maximum_response_code
        icmpv6.mld.maximum_response_delay icmpv6.mld.nb_sources icmpv6.mldr.mar.nb_sources
        icmpv6.mldr.nb_mcast_records icmpv6.nd.ra.router_lifetime ieee8021ad.id ip.checksum
        ip.frag_offset ip.id ip.len ip.opt.ra ipv6.dstopts.len_oct ipv6.fraghdr.offset
        ipv6.hopopts.len_oct ipv6.plen ipv6.routing.len_oct sll.etype sll.halen sll.hatype
        sll.pkttype tcp.checksum tcp.dstport tcp.flags tcp.options.mss_val
        tcp.options.wscale.multiplier tcp.port tcp.srcport tcp.urgent_pointer
        tcp.window_size_value tftp.block tftp.error.code tftp.opcode
        tls.handshake.ciphersuite tls.handshake.extension.type
        tls.handshake.extensions.supported_version tls.handshake.version tls.record.length
        tls.record.version udp.checksum udp.dstport udp.length udp.port udp.srcport
        vlan.etype vlan.id vlan.priority
    """,
    24: """
        dhcpv6.xid ipv6.flow tls.handshake.length
    """,
    64: """
        http.content_length
    """,
}
_BITS = {name: bits for bits, names in _NAMES.items() for name in names.split()}


def bits(name: str) -> int:
    """The width of a number field's values in bits."""
    return _BITS.get(name, _ORDINARY)


def most(name: str) -> int:
    """The greatest value that a number field can have."""
    return (1 << bits(name)) - 1
