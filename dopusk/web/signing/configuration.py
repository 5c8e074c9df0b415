"""Electronic signatures as the environment says; a site's settings take it over: `globals().update(chosen(…))`."""

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, TypedDict

from dopusk.web import environment
from dopusk.web.environment import Misconfigured

Network = IPv4Network | IPv6Network
AGENT: Final = "eiiiegckhcndephbhcjkjdehbahnccii"  # of the key in dopusk/agent/extension/manifest.json
_OID: Final = re.compile(r"[0-2](?:\.[0-9]+)+")
_EXTENSION: Final = re.compile(r"[a-p]{32}")
# where a sandbox's own authority stands: this machine, a container's network
_SANDBOX_NETWORKS: Final = "127.0.0.0/8 ::1/128 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"


class Chosen(TypedDict):
    """The settings.

    SIGNING_ROOTS: a file or folder of PEM, or None. SIGNING_TSA_ROOTS: the same for timestamps; None means that of
    SIGNING_ROOTS. SIGNING_REGISTERS: where the sandbox's authority shows its roots, or "". SIGNING_POLICIES: OIDs, one
    of which a certificate must name; empty when any will do. SIGNING_TSA: address of the timestamping authority, or "".
    SIGNING_NETWORKS: networks of ours that addresses in certificates may lead to. SIGNING_REMEMBER: how long a
    revocation list or an OCSP answer is not asked for again. SIGNING_SESSION: dotted path of what names a request's
    session. SIGNING_AGENT_ID: of the agent's browser extension. SIGNING_CADESPLUGIN, SIGNING_RUTOKEN: static paths of
    the operator's copies of the vendors' scripts, or "". SIGNING_HELP_URL: where people read how to sign; "" is
    signing:help. Pages add anchors to it. SIGNING_FORGET: purpose → how long such a signature is kept; others stay
    with their object.
    """

    SIGNING_ROOTS: Path | None
    SIGNING_TSA_ROOTS: Path | None
    SIGNING_REGISTERS: str
    SIGNING_POLICIES: frozenset[str]
    SIGNING_TSA: str
    SIGNING_NETWORKS: tuple[Network, ...]
    SIGNING_REMEMBER: timedelta
    SIGNING_SESSION: str
    SIGNING_AGENT_ID: str
    SIGNING_CADESPLUGIN: str
    SIGNING_RUTOKEN: str
    SIGNING_HELP_URL: str
    SIGNING_FORGET: dict[str, timedelta]


def chosen(
    *, sandbox: bool, registers: str, session: str, forget: dict[str, timedelta] | None = None
) -> Chosen:
    """The settings. registers: address of the registers site. session: see Chosen. Raises Misconfigured."""
    tsa = environment.text("DOPUSK_SIGNING_TSA", f"{registers}/pki/timestamp" if sandbox else "")
    if tsa and not tsa.startswith(("http://", "https://")):
        raise Misconfigured(f"DOPUSK_SIGNING_TSA must be an http(s) address or empty, not {tsa!r}")
    agent = environment.text("DOPUSK_SIGNING_AGENT_ID", AGENT)
    if agent and not _EXTENSION.fullmatch(agent):
        raise Misconfigured(f"DOPUSK_SIGNING_AGENT_ID must be 32 letters from a to p, not {agent!r}")
    networks = environment.networks("DOPUSK_SIGNING_NETWORKS")
    return {
        "SIGNING_ROOTS": _place("DOPUSK_SIGNING_ROOTS"),
        "SIGNING_TSA_ROOTS": _place("DOPUSK_SIGNING_TSA_ROOTS"),
        "SIGNING_REGISTERS": registers if sandbox else "",
        "SIGNING_POLICIES": _policies(),
        "SIGNING_TSA": tsa,
        "SIGNING_NETWORKS": (*networks, *map(ip_network, _SANDBOX_NETWORKS.split() if sandbox else ())),
        # a sandbox shows at once what its authority has just revoked
        "SIGNING_REMEMBER": timedelta(
            seconds=environment.whole("DOPUSK_SIGNING_REMEMBER_SECONDS", 0 if sandbox else 600)
        ),
        "SIGNING_SESSION": session,
        "SIGNING_AGENT_ID": agent,
        "SIGNING_CADESPLUGIN": environment.text("DOPUSK_SIGNING_CADESPLUGIN", ""),
        "SIGNING_RUTOKEN": environment.text("DOPUSK_SIGNING_RUTOKEN", ""),
        "SIGNING_HELP_URL": _help(),
        "SIGNING_FORGET": forget or {},
    }


def _place(name: str) -> Path | None:
    value = environment.text(name, "")
    if value and not Path(value).exists():
        raise Misconfigured(f"{name}={value} is neither a file nor a folder")
    return Path(value) if value else None


def _help() -> str:
    value = environment.text("DOPUSK_SIGNING_HELP_URL", "")
    if value and ("#" in value or not value.startswith(("http://", "https://", "/"))):
        raise Misconfigured(
            f"DOPUSK_SIGNING_HELP_URL must be an address without an anchor, or empty, not {value!r}"
        )
    return value


def _policies() -> frozenset[str]:
    named = environment.text("DOPUSK_SIGNING_POLICIES", "").replace(",", " ").split()
    wrong = [one for one in named if not _OID.fullmatch(one)]
    if wrong:
        raise Misconfigured(f"DOPUSK_SIGNING_POLICIES: {wrong[0]!r} is no object identifier")
    return frozenset(named)
