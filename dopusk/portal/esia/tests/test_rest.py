"""What a marker opens at the REST service: fields by scopes, collections, links, refusals with their reasons."""

import hashlib
from typing import Any

import httpx
import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.consents.models import Consent
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.esia.sandbox import seeding
from dopusk.portal.esia.scopes import SCOPES
from dopusk.portal.esia.tests.esia_client import Esia, registered
from dopusk.portal.oidc.models import Token
from dopusk.portal.profile.models import Fact
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db
ANNA, BORIS, ROMASHKA = 1000300603, 1000300601, 1000400001
EVERYTHING = "http://esia.gosuslugi.ru/usr_inf"
ALL = tuple(SCOPES)


def _marker(scope: str, who: str = "anna", **system: Any) -> str:
    registered(scopes=ALL, **system)
    known(who)
    seeding.seed_test_people()
    return str(Esia().markers(scope=scope, who=who)["access_token"])


def _ask(marker: str, path: str, **headers: str) -> httpx.Response:
    return Browser().get(path, headers={"Authorization": f"Bearer {marker}", **headers})


def _person(marker: str, rest: str = "", oid: int = ANNA) -> httpx.Response:
    return _ask(marker, f"/rs/prns/{oid}{rest}")


def test_the_addresses():
    assert reverse("esia:prns", args=["1/ctts"]) == "/rs/prns/1/ctts"
    assert reverse("esia:orgs", args=["1"]) == "/rs/orgs/1"


def test_anna_herself_by_name_and_snils_and_nothing_beyond_the_scopes():
    answer = _person(_marker("openid fullname snils"))
    told = answer.json()
    assert {name: told.get(name) for name in ("firstName", "lastName", "middleName", "snils")} == {
        "firstName": "Анна",
        "lastName": "Орлова",
        "middleName": "Сергеевна",
        "snils": "000-000-600 03",
    }
    assert {"birthDate", "inn", "gender", "rIdDoc", "birthPlace", "contacts"}.isdisjoint(told)
    assert (told["trusted"], told["status"], told["stateFacts"]) == (True, "REGISTERED", ["EntityRoot"])
    assert answer.headers["etag"] == told["eTag"]
    assert answer.headers["cache-control"] == "no-store"


def test_everything_by_the_legacy_scope():
    told = _person(_marker(EVERYTHING), "?embed=(contacts.elements,addresses.elements,kids.elements)").json()
    assert (told["birthDate"], told["gender"], told["citizenship"]) == ("12.04.1996", "F", "RUS")
    assert [one["type"] for one in told["contacts"]["elements"]] == ["EML", "MBT"]
    assert told["contacts"]["elements"][1]["value"] == "+7(900)0000003"
    assert [one["type"] for one in told["addresses"]["elements"]] == ["PLV", "PRG"]
    kid = told["kids"]["elements"][0]
    assert (kid["firstName"], kid["documents"]["size"]) == ("Илья", 2)


def test_of_an_ordinary_person_what_the_portal_holds():
    registered(scopes=ALL)
    account = known("viktor")
    fact = Fact(account=account, section="residence")
    fact.keep({"postcode": "170000", "region": "Тверская область", "locality": "Тверь", "house": "3"})
    fact.save()
    marker = Esia().markers(scope=EVERYTHING, who="viktor")["access_token"]
    told = _person(
        marker,
        "?embed=(contacts.elements,documents.elements,addresses.elements,kids,vehicles)",
        oid=1000300605,
    ).json()
    (passport,), (address,) = told["documents"]["elements"], told["addresses"]["elements"]
    assert (passport["issueId"], passport["issueDate"], passport["fmsValid"]) == (
        "690001",
        "20.02.2014",
        True,
    )
    assert (address["type"], address["city"], address["house"]) == ("PLV", "Тверь", "3")
    assert [one["value"] for one in told["contacts"]["elements"]] == ["viktor@example.org", "+7(900)0000005"]
    assert [told["kids"]["size"], told["vehicles"]["size"]] == [0, 0]


def test_links_are_absolute_and_of_the_host_that_was_called():
    marker = _marker("contacts id_doc")
    answer = _ask(marker, "http://127.0.0.1:8000/rs/prns/1000300603/ctts")
    assert answer.json()["elements"][0].startswith("http://127.0.0.1:8000/rs/prns/1000300603/ctts/")
    link = _person(marker).headers["link"]
    assert "<http://localhost:8000/rs/prns/1000300603/ctts>;rel=contacts;schema=" in link
    assert "/vhls" not in link


def test_each_link_leads_to_its_element():
    marker = _marker(EVERYTHING)
    for name in ("ctts", "addrs", "docs", "kids", "vhls", "orgs"):
        links = _person(marker, f"/{name}").json()["elements"]
        whole = _person(marker, f"/{name}?embed=(elements)").json()["elements"]
        assert [_ask(marker, link).json() for link in links] == whole
        assert links


def test_the_passport_and_the_person_name_each_other():
    marker = _marker("id_doc")
    number = _person(marker).json()["rIdDoc"]
    passport = _person(marker, f"/docs/{number}").json()
    assert (passport["type"], passport["series"], passport["number"]) == ("RF_PASSPORT", "9900", "000603")
    assert passport["stateFacts"] == ["EntityRoot"]


def test_roles_are_always_whole():
    role = _person(_marker("usr_org"), "/roles").json()["elements"][0]
    assert (role["oid"], role["prnOid"], role["chief"], role["active"]) == (ROMASHKA, ANNA, False, True)


def test_contacts_by_their_own_scope_only():
    marker = _marker("email")
    kinds = [one["type"] for one in _person(marker, "/ctts?embed=(elements)").json()["elements"]]
    assert kinds == ["EML"]
    assert _person(marker, "/addrs").status_code == 403


def test_children_by_name_alone():
    kid = _person(_marker("kid_fullname"), "/kids?embed=(elements)").json()["elements"][0]
    assert kid["firstName"] == "Илья"
    assert {"snils", "inn", "birthDate", "gender", "documents"}.isdisjoint(kid)


def test_a_childs_certificate_without_her_name():
    kid = _person(_marker("kid_birth_cert_doc"), "/kids?embed=(elements)").json()["elements"][0]
    assert [one["type"] for one in kid["documents"]["elements"]] == ["RF_BRTH_CERT"]
    assert "firstName" not in kid


def test_an_embedded_collection_outside_the_scopes_is_absent():
    told = _person(_marker("fullname"), "?embed=(contacts.elements,vehicles)").json()
    assert {"contacts", "vehicles"}.isdisjoint(told)


@pytest.mark.parametrize("rest", ["/", "?embed=()", "/?embed=()"])
def test_a_slash_at_the_end_and_an_empty_embed_are_let_pass(rest):
    assert _person(_marker("fullname"), rest).json()["firstName"] == "Анна"


def test_a_double_slash_is_nothing_to_the_strict():
    marker = _marker("vehicles")
    assert _person(marker, "//vhls").status_code == 404


def test_a_lenient_system_may_double_its_slashes():
    assert _person(_marker("vehicles", lenient=True), "//vhls").json()["size"] == 1


def test_the_schema_that_was_asked_for_is_named():
    asked = 'application/json; schema="https://esia.example/rs/model/prn/Person-3"'
    answer = _ask(_marker("fullname"), "/rs/prns/1000300603", Accept=asked)
    assert answer.headers["content-type"] == asked


@pytest.mark.parametrize(
    ("rest", "status"),
    [("/nothing", 404), ("/ctts/1", 404), ("/ctts/1/2", 404), ("x", 404), ("/docs", 403), ("/docs/1", 403)],
)
def test_what_is_not_there_and_what_is_not_open(rest, status):
    assert _person(_marker("contacts"), rest).status_code == status


def _refusal(answer: httpx.Response) -> tuple[int, str, str]:
    kept = Diagnosis.objects.latest("at")
    assert answer.headers["x-diagnosis"].endswith(f"/esia/console/{kept.pk}/")
    assert (answer.json()["code"], kept.endpoint) == (f"ESIA-{kept.esia_code}", "rs")
    return answer.status_code, kept.esia_code, kept.code


def test_a_missing_scope_is_named():
    answer = _person(_marker("fullname"), "/docs")
    assert _refusal(answer) == (403, "005029", "rs_scope")
    assert answer.json()["message"] == "SecurityErrorEnum.scopeNotAllowed"
    assert "id_doc" in Diagnosis.objects.latest("at").report["detail"]


def test_another_person_is_not_hers_to_ask_about():
    assert _refusal(_person(_marker(EVERYTHING), oid=BORIS)) == (403, "005029", "rs_person")


def test_a_document_of_a_kind_that_is_not_open():
    marker = _marker("openid drivers_licence_doc")
    whole = _person(marker, "/docs").json()
    assert whole["size"] == 0
    assert _refusal(_person(marker, "/docs/300603101")) == (403, "005029", "rs_scope")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda told: "", "rs_marker_missing"),
        (lambda told: "rubbish", "rs_marker_foreign"),
        (lambda told: told["access_token"][:-8] + "AAAAAAAA", "rs_marker_foreign"),
        (lambda told: told["id_token"], "rs_marker_id"),
    ],
)
def test_a_marker_that_is_none(spoil, code):
    registered(scopes=ALL)
    answer = _person(spoil(Esia().markers(scope="openid fullname")))
    assert _refusal(answer) == (401, "005013", code)
    assert answer.json()["message"] == "SecurityErrorEnum.expiredToken"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_withdrawn_consent_ends_the_marker():
    marker = _marker("fullname")
    Consent.objects.update(revoked_at=timezone.now())
    assert _refusal(_person(marker)) == (401, "005013", "rs_marker_ended")


def test_a_locked_account_ends_the_marker():
    marker = _marker("fullname")
    Account.objects.filter(pk=known("anna").pk).update(locked_at=timezone.now())
    assert _refusal(_person(marker))[2] == "rs_marker_ended"


def test_a_marker_has_its_time(settings):
    settings.ESIA_MARKER_SECONDS = -1
    assert _refusal(_person(_marker("fullname"))) == (401, "005013", "rs_marker_expired")


def test_a_systems_own_marker_opens_nobodys_data():
    _marker("fullname")
    form = Esia(generation=2).service(ANNA)
    marker = Browser().post("/aas/oauth2/v3/te", data=form).json()["access_token"]
    assert _refusal(_person(marker)) == (401, "005013", "rs_marker_service")


def test_a_marker_whose_row_is_gone_opens_nothing():
    marker = _marker("fullname")
    Token.objects.filter(hash=hashlib.sha256(marker.encode()).digest()).delete()
    assert _person(marker).status_code == 401


def test_a_marker_in_another_scheme_is_no_marker():
    marker = _marker("fullname")
    answer = Browser().get("/rs/prns/1000300603", headers={"Authorization": f"Basic {marker}"})
    assert _refusal(answer)[2] == "rs_marker_missing"


def test_an_accepted_request_is_kept_too():
    marker = _marker("fullname")
    Diagnosis.objects.all().delete()
    assert _person(marker).status_code == 200
    assert Diagnosis.objects.get().esia_code == ""


# ── organisations ──


def test_the_organisation_boris_leads():
    marker = _marker("usr_org org_shortname org_inn org_ctts", who="boris")
    told = _ask(marker, f"/rs/orgs/{ROMASHKA}").json()
    assert (told["oid"], told["shortName"], told["inn"]) == (ROMASHKA, "ООО «Ромашка»", "0000006500")
    assert {"fullName", "ogrn", "kpp", "leg"}.isdisjoint(told)
    contact = _ask(marker, _ask(marker, f"/rs/orgs/{ROMASHKA}/ctts").json()["elements"][0])
    assert contact.json()["type"] == "OPH"
    assert _refusal(_ask(marker, f"/rs/orgs/{ROMASHKA}/addrs")) == (403, "005029", "rs_scope")


def test_who_works_there_and_in_which_groups():
    marker = _marker("usr_org org_shortname", who="galina")
    (org,) = [one["oid"] for one in _person(marker, "/roles", oid=1000300606).json()["elements"]]
    people = _ask(marker, f"/rs/orgs/{org}/emps?embed=(elements)").json()["elements"]
    assert [one["prnOid"] for one in people] == [1000300606]
    groups = _ask(marker, f"/rs/orgs/{org}/emps/1000300606/grps?embed=(elements)").json()["elements"]
    assert [one["grp_id"] for one in groups] == ["DOPUSK_REGISTRARS"]
    assert "members" not in groups[0]
    assert _ask(marker, f"/rs/orgs/{org}/grps/DOPUSK_REGISTRARS").json() == groups[0]
    assert _ask(marker, f"/rs/orgs/{org}/grps/NOBODY").status_code == 404


def test_an_organisation_she_has_no_part_in():
    marker = _marker("usr_org org_shortname")
    assert _refusal(_ask(marker, "/rs/orgs/1000400002")) == (403, "005029", "rs_scope")


def test_outside_the_sandbox_no_reason_is_shown_and_nothing_invented(settings):
    marker = _marker(EVERYTHING)
    settings.SANDBOX = False
    answer = _person(marker, "/kids?embed=(elements)")
    assert answer.json()["size"] == 0
    refused = _person(marker, oid=BORIS)
    assert (refused.status_code, "x-diagnosis" in refused.headers) == (403, False)
