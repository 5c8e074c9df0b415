"""Fixtures of the protocol's tests: those of the portal, where the portal is what is tested."""

from django.conf import settings as chosen

if chosen.SITE == "portal":
    from dopusk.portal.conftest import _cheap_hashes_and_fresh_memories, cabinet

    __all__ = ["_cheap_hashes_and_fresh_memories", "cabinet"]
