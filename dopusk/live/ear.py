"""One LISTEN connection to the cabinet's database, opened again whenever it breaks."""

import asyncio
import json
import logging
import random
import re
from typing import Any

import psycopg

from dopusk.live.hub import Hub, event

CHANNEL = "dopusk_live"
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds between attempts to connect
ALIVE_SECONDS = 30  # how often a silent connection is asked whether it is still there
EVENT_NAME = re.compile(r"[a-z][a-z_]{0,31}")

log = logging.getLogger("dopusk.live")


class Ear:
    """Hears the database and tells the hub. `hears`: whether it is connected now."""

    def __init__(self, database: str, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self.hears = False

    async def listen(self) -> None:
        """For ever; to be cancelled. What was said while nobody heard is made up by asking every page to look."""
        pause, deaf = SHORTEST_PAUSE, False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._database, autocommit=True) as link:
                    await link.execute(f"LISTEN {CHANNEL}")
                    self.hears, pause = True, SHORTEST_PAUSE
                    if deaf:
                        log.info("the database is heard again; every page is asked to look")
                        self._hub.catch_up()
                    await self._hear(link)
            except (psycopg.Error, OSError) as error:
                self.hears, deaf = False, True
                log.warning("the database is not heard: %s; trying again in %.1f s", error, pause)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads attempts, guards nothing
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, link: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for heard in link.notifies(timeout=ALIVE_SECONDS):
                self._pass_on(heard.payload)
            await link.execute("SELECT 1")

    def _pass_on(self, payload: str) -> None:
        try:
            data = json.loads(payload)
            topic, name = data["topic"], data.pop("event", "changed")
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("a notification was not understood and is left out")
            return
        if isinstance(topic, str) and isinstance(name, str) and EVENT_NAME.fullmatch(name):
            self._hub.tell(topic, event(name, data))
