"""The client side of RFC 3161 over HTTP: one kept connection, a time-out, a few tries, and a judged answer."""

import secrets
from collections.abc import Sequence

import httpx
import stamina
from asn1crypto import cms, tsp
from cryptography import x509
from pyhanko.sign.timestamps import TimeStamper

from dopusk.trust.timestamps import TimestampRefused, check


class TimestampDown(ConnectionError):
    """The timestamping authority gave no usable answer, however often we asked. Try again later."""


class HttpTimestamper(TimeStamper):
    """Asks an authority at ``url`` and takes only what one of ``roots`` vouches for.

    client: kept open between requests; time-outs are its own. attempts: tries before :class:`TimestampDown`.
    """

    def __init__(
        self,
        url: str,
        roots: Sequence[x509.Certificate],
        client: httpx.Client | None = None,
        attempts: int = 3,
    ) -> None:
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]  # half typed
        self._url = url
        self._roots = tuple(roots)
        self._client = client or httpx.Client(timeout=httpx.Timeout(5.0, connect=2.0))
        self._attempts = attempts

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token for this SHA-256 digest."""
        if md_algorithm != "sha256":
            raise ValueError("timestamps are asked for SHA-256 digests only")
        return self.stamp(message_digest)  # nothing else runs in the loop of one signature

    def stamp(self, digest: bytes) -> cms.ContentInfo:
        """A token for this SHA-256 digest; :class:`TimestampDown` when none is to be had."""
        try:
            for attempt in stamina.retry_context(
                on=(httpx.HTTPError, TimestampRefused), attempts=self._attempts, timeout=15, wait_max=2
            ):
                with attempt:
                    return self._ask(digest)
        except (httpx.HTTPError, TimestampRefused) as error:
            raise TimestampDown(getattr(error, "code", type(error).__name__)) from error
        raise AssertionError("unreachable: the loop returns or raises")

    def _ask(self, digest: bytes) -> cms.ContentInfo:
        nonce = secrets.randbits(63) | 1 << 62  # of one length, so that answers are too
        query = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
                "nonce": nonce,
                "cert_req": True,
            }
        )
        answer = self._client.post(
            self._url, content=query.dump(), headers={"Content-Type": "application/timestamp-query"}
        )
        answer.raise_for_status()
        return check(answer.content, digest, nonce, self._roots)
