"""What is kept of each request, who may read it, and what the page and the JSON say."""

import json
import logging
import re
import uuid
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.esia.client_secret.mistakes import MISTAKES
from dopusk.portal.esia.console import advice, diagnosis
from dopusk.portal.esia.errors import KINDS, EsiaFault
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.tests.esia_client import Esia, registered
from dopusk.portal.esia.tests.signed_requests import (
    CODE,
    OWN,
    REFRESH,
    V1,
    V2,
    VALUES,
    Case,
    stamp,
    url64,
    v1_ac,
    v2_ac,
    v3_te,
)
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import PLACE
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.sessions.actions import start
from dopusk.portal.tests.browser import hashes_cost_nothing, known

SLICE = Path(diagnosis.__file__).parents[1]


def recorded(verdict, endpoint="v2/ac", client_id="DOPUSK"):
    return diagnosis.record(endpoint, client_id, verdict.fault, verdict.report)


def page_of(kept, **query):
    return Client().get(reverse("esia:console_diagnosis", args=[kept]), query)


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


# ── every code has its words ──


@pytest.mark.parametrize("code", MISTAKES)
def test_every_mistake_of_the_judge_has_its_sentence_and_an_esia_code_we_know(code):
    what, todo = advice.on(code)
    assert code in advice.ALL
    assert str(what).endswith(".")
    assert str(todo).endswith(".")
    assert MISTAKES[code][0] in KINDS


def test_every_refusal_of_the_dialect_has_its_sentence():
    """Read from the sources: no check is added without its advice."""
    sources = "".join(path.read_text() for path in SLICE.rglob("*.py") if "tests" not in path.parts)
    given = set(re.findall(r'EsiaFault\(\s*(?:"\d{6}"|\w+), "(\w+)"', sources))
    given |= set(re.findall(r'\(state\.\w+, "(\w+)"\)', sources)) | set(re.findall(r'"(rs_\w+)"', sources))
    ours = {"unexpected", "database", "unavailable"}  # our own failures: the common sentence says all
    assert len(given) > 50
    assert given - ours - set(advice.ALL) == set()


def test_what_a_person_lacks_and_what_we_failed_in_have_a_sentence_too():
    assert advice.on("missing_level") != advice.on("unexpected")
    assert all(str(part) for part in (*advice.on("missing_level"), *advice.on("unexpected")))


# ── keeping ──


@pytest.mark.django_db
def test_a_refusal_is_kept_and_told_to_the_log_in_json(caplog):
    case = v3_te()
    secret = case.signature(case.joined(*V2))
    with caplog.at_level(logging.WARNING):
        kept = recorded(case.judged(secret), "v3/te")
    row = Diagnosis.objects.get(pk=kept)
    assert (row.code, row.esia_code, row.client_id, row.endpoint) == (
        "code_missing",
        "007053",
        "DOPUSK",
        "v3/te",
    )
    line = next(one.getMessage() for one in caplog.records if one.getMessage().startswith("esia.refused"))
    told = json.loads(line.removeprefix("esia.refused "))
    assert (told["code"], told["esia_code"], told["report"]["variants"]) == (
        "code_missing",
        "ESIA-007053",
        ["code_missing"],
    )
    for text in (line, json.dumps(row.report)):
        assert url64(secret) not in text
        assert CODE["code"] not in text


@pytest.mark.django_db
def test_refresh_tokens_and_numbers_of_people_are_not_kept_whole():
    case = Case("v3/te", OWN).of(**REFRESH, scope="openid fullname?oid=1000300603")
    kept = recorded(case.judged(case.signature("другое")), "v3/te")
    said = json.dumps(Diagnosis.objects.get(pk=kept).report)
    assert REFRESH["refresh_token"] not in said
    assert "1000300603" not in said
    attached = Case("v1/te", OWN).of(**REFRESH)
    secret = OWN.pkcs7(attached.joined(*V1, "refresh_token") + "!", attached=True)
    kept = recorded(attached.judged(secret), "v1/te")
    assert REFRESH["refresh_token"] not in json.dumps(Diagnosis.objects.get(pk=kept).report)


@pytest.mark.django_db
def test_an_accepted_request_is_kept_in_the_sandbox_only(settings):
    kept = recorded(v2_ac().judged())
    assert Diagnosis.objects.get(pk=kept).code == ""
    settings.SANDBOX = False
    kept = recorded(v2_ac().judged())
    assert not Diagnosis.objects.filter(pk=kept).exists()


@pytest.mark.django_db
def test_what_postgresql_cannot_keep_is_kept_as_a_picture():
    case = v2_ac().of(state="\0\ud800")
    kept = recorded(case.judged("\0"), client_id="DO\0")
    assert Diagnosis.objects.get(pk=kept).client_id == "DO␀"
    assert page_of(kept).status_code == 200


@pytest.mark.django_db
def test_old_diagnoses_are_purged_and_the_oldest_of_too_many(monkeypatch):
    old, new = (recorded(v2_ac().judged("нет")) for _ in range(2))
    Diagnosis.objects.filter(pk=old).update(at=timezone.now() - timedelta(days=15))
    assert diagnosis.purge() == 1
    assert set(Diagnosis.objects.values_list("pk", flat=True)) == {new}
    for _ in range(3):
        recorded(v2_ac().judged("нет"))
    monkeypatch.setattr(diagnosis, "_PURGE_SURPLUS", diagnosis._PURGE_SURPLUS.replace("20000", "2"))
    assert diagnosis.purge() == 1
    assert Diagnosis.objects.count() == 3


# ── who may read ──


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.INTEGRATOR, Role.SUPPORT])
def test_outside_the_sandbox_only_those_who_register_services_read_it(settings, role):
    hashes_cost_nothing(settings)
    appoint(known("oleg").pk, role, by="system")
    settings.SANDBOX = False
    kept = diagnosis.record("v2/ac", "DOPUSK", EsiaFault("007023", "client_unknown", "client_id"), {})
    addresses = [reverse("esia:console"), reverse("esia:console_diagnosis", args=[kept])]
    assert {Client().get(address).status_code for address in addresses} == {302}
    operator = Client()
    words = "Вы вошли на портал по паролю и второму шагу"
    operator.cookies[COOKIE] = start(known("oleg").pk, PLACE, amr=["pwd", "otp", "mfa"], words=words).cookie
    wanted = 200 if role is Role.INTEGRATOR else 403
    assert {operator.get(address).status_code for address in addresses} == {wanted}


@pytest.mark.django_db
def test_a_diagnosis_that_is_not_there_is_not_found():
    assert page_of(uuid.uuid4()).status_code == 404


# ── the list ──


@pytest.mark.django_db
def test_the_list_is_by_system_and_by_outcome_and_newest_first():
    recorded(v2_ac().judged(), client_id="FIRST")
    recorded(v2_ac().judged("нет"), client_id="FIRST")
    recorded(v2_ac().judged("нет"), client_id="SECOND")

    def listed(**query):
        answer = Client().get(reverse("esia:console"), {**query, "format": "json"}).json()
        return [(one["client_id"], one["ok"]) for one in answer["diagnoses"]]

    assert listed() == [("SECOND", False), ("FIRST", False), ("FIRST", True)]
    assert listed(client_id="FIRST") == [("FIRST", False), ("FIRST", True)]
    assert listed(client_id="FIRST", only="refused") == [("FIRST", False)]
    assert listed(client_id="NOBODY\0") == []
    assert Client().get(reverse("esia:console"), {"client_id": "NOBODY", "page": "x"}).status_code == 200


# ── the page ──


@pytest.mark.django_db
def test_the_page_names_the_fix_the_esia_code_and_shows_both_strings():
    case = v2_ac()
    kept = recorded(case.judged(case.signature(case.joined(*V1))))
    shown = page_of(kept)
    context = shown.context
    assert (context["one"].code, context["todo"]) == ("string_v1", advice.on("string_v1")[1])
    assert [part["name"] for part in context["string"]["parts"]] == list(V2)
    assert [part["name"] for part in context["signed"]["parts"]] == list(V1)
    text = shown.content.decode()
    assert "ESIA-007053" in text
    assert '<span class="esia-space"> </span>fullname' in text
    assert context["string"]["sha256"] in text


@pytest.mark.django_db
def test_of_an_attached_string_the_first_difference_is_shown():
    case = v1_ac()
    kept = recorded(case.judged(OWN.pkcs7(case.joined(*V1, scope="openid"), attached=True)), "v1/ac")
    signed = page_of(kept).context["signed"]
    assert Diagnosis.objects.get(pk=kept).code == "string_differs"
    assert (signed["same"], signed["place"]) == (["openid"], 7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "algorithm", "column", "right"),
    [("sha256", "SHA-256", 0, True), ("pem_sha256", "SHA-256", 1, False), ("sha1", "SHA-1", 0, False)],
)
def test_the_table_of_hashes_marks_the_one_that_came(sent, algorithm, column, right):
    kept = recorded(v2_ac().judged(client_certificate_hash=OWN.hashes[sent]))
    (certificate,) = page_of(kept).context["hash"]["certificates"]
    marked = [
        (row["words"], place, cell["right"])
        for row in certificate["rows"]
        for place, cell in enumerate(row["cells"])
        if cell["sent"]
    ]
    assert marked == [(algorithm, column, right)]
    assert certificate["right"] == OWN.hashes["sha256"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "words", "too_much"),
    [(-9, "9 с", False), (9, "9 с", False), (-4000, "1 ч 6 мин 40 с", True), (400, "6 мин 40 с", True)],
)
def test_the_difference_of_clocks_is_told_in_words(seconds, words, too_much):
    kept = recorded(v1_ac().of(timestamp=stamp(seconds)).judged(), "v1/ac")
    clock = page_of(kept).context["clock"]
    assert words in clock["difference"]
    assert clock["too_much"] is too_much


@pytest.mark.django_db
def test_an_unregistered_address_stands_beside_the_nearest_with_the_first_difference():
    given = "http://127.0.0.1:9/cb/?from=esia"
    report = {
        "redirect_uri": {"given": given, "registered": ["https://example.org/", VALUES["redirect_uri"]]}
    }
    kept = diagnosis.record(
        "v2/ac", "DOPUSK", EsiaFault("007023", "redirect_unregistered", "redirect_uri"), report
    )
    rows = page_of(kept).context["redirect"]["rows"]
    assert [(row["uri"], row["place"]) for row in rows] == [
        (VALUES["redirect_uri"], 21),
        ("https://example.org/", 4),
    ]
    assert (rows[0]["ours"][0], rows[0]["theirs"][0]) == ("?", "/")


@pytest.mark.django_db
def test_a_scope_that_is_not_granted_is_marked():
    report = {"scope": {"given": ["openid", "inn", "snils?oid=7"], "granted": ["openid", "snils"]}}
    kept = diagnosis.record("v2/ac", "DOPUSK", EsiaFault("007019", "scope_not_granted", "inn"), report)
    assert page_of(kept).context["scope"]["missing"] == ["inn"]


@pytest.mark.django_db
def test_what_a_lenient_system_was_forgiven_is_told():
    case = Case("v2/ac", OWN, lenient=True)
    kept = recorded(case.judged(OWN.pkcs7(case.string)))
    assert [code for code, _ in page_of(kept).context["forgiven"]] == ["cms_on_v2"]


@pytest.mark.django_db
def test_the_json_of_a_diagnosis_has_the_advice_and_the_report():
    kept = recorded(v2_ac().judged("clientSecret"))
    told = page_of(kept, format="json").json()
    assert (told["id"], told["ok"], told["code"], told["esia_code"]) == (
        str(kept),
        False,
        "secret_literal",
        "ESIA-007053",
    )
    assert told["advice"] == str(advice.on("secret_literal")[1])
    assert told["report"]["secret"] == {
        "characters": 12,
        "encoding": "base64url",
        "bytes": 9,
        "kind": "unknown",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x>', "{{ one }}", "\u202e"])
def test_what_came_from_outside_is_shown_as_text(hostile):
    case = v2_ac().of(state=hostile, scope=hostile, client_id=hostile)
    kept = recorded(case.judged("нет", client_certificate_hash=hostile), client_id=hostile)
    text = page_of(kept).content.decode()
    assert "<script>alert" not in text
    assert "<img" not in text


@pytest.mark.django_db
def test_the_heading_names_the_parameter_that_is_missing():
    kept = diagnosis.record("v2/ac", "DOPUSK", EsiaFault("007014", "parameter_missing", "state"), {})
    assert page_of(kept).context["what"].endswith(": state")


@pytest.mark.django_db
@pytest.mark.parametrize(("signed", "code"), [("state", "state_of_ac"), ("scope", "scope_of_ac")])
def test_at_te_it_is_seen_that_what_was_signed_is_of_ac(signed, code, settings):
    """Анна's system signs the state, or the scopes, its request for the code had; the answer leads to the page."""
    hashes_cost_nothing(settings)
    registered()
    esia = Esia(2)
    began = {"state": "0d2f6a0e-6c0e-4c53-9a59-2f3f3f6a8f11", "scope": "openid fullname"}
    sent = {"state": str(uuid.uuid4()), "scope": "openid snils"}
    form = esia.te(esia.code(**began), **{**sent, signed: began[signed]}) | sent
    told = esia.post(form)
    assert told.json()["error_description"].startswith("ESIA-007053")
    page = Client().get(urlsplit(told.headers["X-Diagnosis"]).path)
    assert page.context["one"].code == code
