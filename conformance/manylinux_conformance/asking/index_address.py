"""Addresses of indexes: which are this machine's own, and which a user has to name."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from manylinux_conformance.errors import InputError


def host_of(address: str) -> str:
    """Return the host of an address; raises InputError if it is none of HTTP."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise InputError(address, f"is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise InputError(address, "is no address of an index: http://HOST/ or https://")
    return parts.hostname


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its number, or called localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def beyond(addresses: Collection[str]) -> Iterator[str]:
    """Yield each host among addresses that is not this machine, once."""
    hosts = dict.fromkeys(host_of(address) for address in addresses if address)
    return (host for host in hosts if not is_loopback(host))


def refuse_beyond(addresses: Collection[str], named: Collection[str]) -> None:
    """Raise InputError for an address beyond this machine whose host was not named."""
    for host in beyond(addresses):
        if host not in named:
            raise InputError(
                host,
                "is another machine, whose index would keep what is uploaded; if it "
                f"is yours to fill, say so: --remote {host}",
            )
