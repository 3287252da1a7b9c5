"""Which addresses on the network may be asked: public hosts only, by the numbers that a name stands for."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[Address]]

# What `is_global` lets through, at least on some Pythons: ways to reach an inner IPv4 address by an IPv6 one (NAT64,
# 6to4, Teredo, IPv4-compatible), relays, and addresses of machines that only clouds know.
_REFUSED: Final = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


def is_public(address: Address) -> bool:
    """Whether an address belongs to a host on the public network."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    if special or address.is_private or address.is_link_local or not address.is_global:
        return False
    return not any(address.version == network.version and address in network for network in _REFUSED)


def resolve(name: str, port: int) -> Sequence[Address]:
    """The addresses of a name, in the order to try them. Raises OSError for a name that has none."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0])) for entry in found]
    return list(dict.fromkeys(addresses))
