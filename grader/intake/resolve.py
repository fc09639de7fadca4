"""The addresses behind a host's name, looked up once and checked: none may lead into our own network."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

from grader.errors import InfrastructureError, IntakeError
from grader.language import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.intake.address import Address


def resolve(
    address: Address, *, allow_local: bool = False, lookup: Callable[..., list[tuple[object, ...]]] | None = None
) -> tuple[str, ...]:
    """The IP addresses to connect to; git is then told to use these, so that a second answer of the DNS changes nothing.

    Raises IntakeError when any answer is not a public address (`allow_local`: loopback and private ones are let through,
    never link-local, where clouds keep their secrets), InfrastructureError when there is no answer.
    """
    try:
        answers = (lookup or socket.getaddrinfo)(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InfrastructureError(
            say(
                "The host {host} cannot be found: {why}",
                host=address.host,
                why=getattr(error, "strerror", "") or str(error),
            )
        ) from error
    found = [str(answer[4][0]) for answer in answers]  # type: ignore[index]
    for ip in found:
        if not _may_connect(ip, allow_local=allow_local):
            raise IntakeError(
                say("The host {host} is at {ip}, which is not a public address.", host=address.host, ip=ip),
                remedy=say("Write the https address of the repository."),
            )
    if not found:
        raise InfrastructureError(say("The host {host} cannot be found: {why}", host=address.host, why=""))
    return tuple(dict.fromkeys(found))


def _may_connect(text: str, *, allow_local: bool) -> bool:
    ip = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96"):  # NAT64
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return _may_connect(str(inner), allow_local=allow_local)
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or (ip.is_reserved and not ip.is_loopback):
        return False
    if str(ip) in {"100.100.100.200", "fd00:ec2::254"}:  # metadata services outside the link-local range
        return False
    return ip.is_global or (allow_local and (ip.is_loopback or ip.is_private))
