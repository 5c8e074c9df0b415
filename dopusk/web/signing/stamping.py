"""A timestamp for a signature that has none: CAdES-T, when the deployment names an authority."""

import functools
import logging
import secrets
from typing import Final

import httpx
from asn1crypto import tsp
from django.conf import settings

from dopusk.trust import cades, der
from dopusk.web.outgoing.register import Breaker

log = logging.getLogger(__name__)

TIMEOUT: Final = httpx.Timeout(4.0, connect=2.0)
MOST: Final = 64 * 1024
breaker = Breaker()  # one authority a deployment


def stamped(cms: bytes) -> bytes:
    """The CMS with a token in it, not judged yet; the CMS as it is when none is to be had."""
    if not settings.SIGNING_TSA or breaker.resting():
        return cms
    try:
        token = ask(settings.SIGNING_TSA, cades.timestamp_digest(cms))
        breaker.answered()
        return cades.with_timestamp(cms, token)
    except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
        if not isinstance(error, der.NotDer):
            breaker.failed(hanging=isinstance(error, httpx.TimeoutException))
        log.warning("no timestamp from %s: %r", settings.SIGNING_TSA, error)
        return cms


@functools.cache
def client() -> httpx.Client:
    """Made once: that costs more than a question. It goes through HTTP_PROXY, unlike addresses in certificates."""
    return httpx.Client()


def ask(url: str, digest: bytes) -> bytes:
    """A token (DER) over a SHA-256. Raises httpx.HTTPError, or ValueError, TypeError, KeyError for no such answer."""
    query = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "nonce": secrets.randbits(63) | 1 << 62,
            "cert_req": True,
        }
    )
    # the operator chose this address: it may be anywhere
    answer = client().post(
        url, content=query.dump(), headers={"Content-Type": "application/timestamp-query"}, timeout=TIMEOUT
    )
    answer.raise_for_status()
    if len(answer.content) > MOST:
        raise ValueError("an answer too large for a timestamp")
    told = tsp.TimeStampResp.load(answer.content)
    if told["status"]["status"].native not in {"granted", "granted_with_mods"}:
        raise ValueError("refused")
    token: bytes = told["time_stamp_token"].dump()
    return token
