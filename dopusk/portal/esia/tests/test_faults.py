"""Faults on demand around the portal's application."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from dopusk.kernel.faults import parse
from dopusk.portal.esia.console import precise, shown
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.sandbox import faults
from dopusk.portal.esia.tests.esia_client import Esia, registered, said, stamp
from dopusk.portal.tests.browser import Browser, one_connection, parameters

pytestmark = pytest.mark.django_db
TRUE = b'{"a": "true answer"}'
TE = "/aas/oauth2/te"


def _application(environ: Any, start_response: Any) -> list[bytes]:
    start_response("201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(TRUE)))])
    return [TRUE]


def _get(path: str, **options: Any) -> httpx.Response:
    transport = httpx.WSGITransport(app=faults.over(_application))
    with one_connection(), httpx.Client(transport=transport, base_url="http://a") as client:
        return client.request(options.pop("method", "GET"), path, **options)


@pytest.fixture
def told(settings):
    """Sets the faults by their command line texts."""

    def set_(*texts: str) -> None:
        settings.ESIA_FAULTS = tuple(parse(text) for text in texts)

    return set_


def test_without_faults_the_application_is_itself(settings):
    settings.ESIA_FAULTS = ()
    assert faults.over(_application) is _application


def test_a_status_instead_of_an_answer(told):
    told("te:status=503")
    answer = _get(TE)
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert answer.json()["error_description"].startswith("ESIA-007008")


def test_another_status_is_an_unexpected_error(told):
    told("te:status=500")
    assert _get(TE).json()["error_description"].startswith("ESIA-007007")


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ("ac:status=500", "/aas/oauth2/ac"),
        ("ac:status=500", "/aas/oauth2/v2/ac"),
        ("te:status=500", "/aas/oauth2/v3/te"),
        ("prns:status=500", "/rs/prns/1/ctts"),
        ("orgs:status=500", "/rs/orgs/1"),
        ("logout:status=500", "/idp/ext/Logout"),
    ],
)
def test_each_endpoint_has_its_own_faults(told, fault, path):
    told(fault)
    assert _get(path).status_code == 500
    others = {"/aas/oauth2/ac", "/aas/oauth2/te", "/rs/prns/1", "/rs/orgs/1", "/", "/oidc/token"}
    elsewhere = [one for one in others if faults.endpoint_of(one) != faults.endpoint_of(path)]
    assert {_get(one).status_code for one in elsewhere} == {201}


@pytest.mark.parametrize(("kind", "body"), [("truncated", TRUE[:10]), ("empty", b""), ("html", faults._HTML)])
def test_garbage_under_200(told, kind, body):
    told(f"te:garbage={kind}")
    answer = _get(TE)
    assert (answer.status_code, answer.content) == (200, body)


def test_a_drop_promises_more_than_comes(told):
    told("te:drop=5")
    answer = _get(TE)
    assert (answer.content, int(answer.headers["content-length"])) == (TRUE[:5], len(TRUE) + 1)


def test_a_delay_comes_before_the_answer(told, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(faults.time, "sleep", slept.append)
    told("te:delay=2.5")
    assert (_get(TE).status_code, slept) == (201, [2.5])


def test_a_probability_is_a_share_of_the_requests(told, monkeypatch):
    drawn = iter([0.1, 0.3, 0.19])
    monkeypatch.setattr(faults.random, "random", lambda: next(drawn))
    told("te:status=503@0.2")
    assert [_get(TE).status_code for _ in range(3)] == [503, 201, 503]


@pytest.mark.parametrize("seconds", [600, -600])
def test_a_skewed_clock_is_its_endpoints_alone(told, seconds):
    told(f"ac:skew={seconds}")
    assert abs(faults.now("ac") - timezone.now() - timedelta(seconds=seconds)) < timedelta(seconds=2)
    assert abs(faults.now("te") - timezone.now()) < timedelta(seconds=2)


def test_a_skewed_clock_refuses_a_good_timestamp(told):
    registered()
    told("ac:skew=600")
    assert said(parameters(Browser().get(Esia().ac())))[1] == "ESIA-007015"


# ── what the console says of them ──


@pytest.mark.parametrize(
    ("fault", "esia_code"),
    [
        ("te:status=503", "007008"),
        ("te:status=500", "007007"),
        ("te:drop=5", ""),
        ("te:garbage=html", ""),
        ("te:delay=0", ""),
    ],
)
def test_a_fault_that_was_ordered_is_kept_with_its_order_and_its_address_goes_with_the_answer(
    told, fault, esia_code
):
    told(fault)
    answer = _get(TE, method="POST", data={"client_id": "TESTIS", "state": "s"})
    kept = Diagnosis.objects.get()
    assert (kept.code, kept.esia_code, kept.endpoint, kept.client_id) == (
        "fault_on_demand",
        esia_code,
        "v1/te",
        "TESTIS",
    )
    assert answer.headers["x-diagnosis"].endswith(f"/{kept.pk}/")
    assert f"--fault {fault}" in shown.headline(kept)
    assert Browser().get(answer.headers["x-diagnosis"]).status_code == 200


def test_the_order_is_told_with_its_share(told, monkeypatch):
    monkeypatch.setattr(faults.random, "random", lambda: 0.1)
    told("prns:status=503@0.2")
    _get("/rs/prns/1")
    kept = Diagnosis.objects.get()
    assert (kept.endpoint, kept.report["detail"]) == ("rs", "--fault prns:status=503@0.2")


@pytest.mark.parametrize("endpoint", ["ac", "te"])
def test_a_refusal_by_a_skewed_clock_names_the_order(told, endpoint):
    registered()
    told(f"{endpoint}:skew=600")
    esia = Esia(2)
    if endpoint == "ac":
        Browser().get(esia.ac())
    else:
        esia.post(esia.te("code"))
    kept = Diagnosis.objects.get()
    assert kept.code == "clock_behind"
    assert f"--fault {endpoint}:skew=600" in shown.headline(kept)
    assert f"--fault {endpoint}:skew=600" in Browser().get(f"/esia/console/{kept.pk}/").text


def test_a_clock_that_is_off_by_itself_is_not_the_orders_fault(told):
    registered()
    told("ac:skew=600")
    Browser().get(Esia().ac(timestamp=stamp(-timedelta(seconds=400))))
    assert not precise.of_the_order(Diagnosis.objects.get())
