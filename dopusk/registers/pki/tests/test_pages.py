"""The authority's pages, as a person without JavaScript uses them."""

import base64
import io
import re
import zipfile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from dopusk.kernel import sandbox
from dopusk.registers.faults import actions as faults
from dopusk.registers.faults.rules import Mode, Register
from dopusk.registers.pki import actions
from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.page_forms import ALGORITHMS, REASONS
from dopusk.registers.pki.rules import Branch, Reason
from dopusk.trust import gost, keys
from dopusk.trust.authority import request, subject
from dopusk.trust.subjects import Subject
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db

ANNA = sandbox.person("anna")
INDEX, NEW = reverse("pki:index"), reverse("pki:new")
TYPED = {
    "last_name": "Орлова", "first_name": "Анна", "patronymic": "Сергеевна", "snils": "000-000-600 03", "inn": "",
    "email": "", "organisation": "", "inn_of_organisation": "", "ogrn": "", "title": "",
    "authority": "ec", "days": "365", "key": "here", "pin": "12345678", "csr": "",
}  # fmt: skip


def csr() -> str:
    return request(keys.new(), subject("Анна", "УЦ"))


def issued(person: sandbox.Person = ANNA, branch: Branch = Branch.EC) -> Issued:
    whose = Subject(person.last_name, person.first_name, person.patronymic, person.snils)
    return actions.issue_to_person(csr().encode(), branch, whose, "operator")


def codes(answer) -> dict[str, list[str]]:
    return {
        name: [one.code for one in errors] for name, errors in answer.context["form"].errors.as_data().items()
    }


def files(answer) -> dict[str, bytes]:
    """What the page carries in itself, by kind."""
    links = re.findall(
        r'href="data:[^;]+;base64,([^"]+)" download="[^"]+" data-file="(\w+)"', answer.content.decode()
    )
    return {kind: base64.b64decode(content) for content, kind in links}


def test_the_authority_stands_before_it_issued_anything(client) -> None:
    answer = client.get(INDEX)
    assert answer.status_code == 200
    assert answer.context["rows"] == []
    assert f'href="{NEW}"' in answer.content.decode()


def test_a_demo_person_is_filled_in_and_can_be_changed(client) -> None:
    form = client.get(NEW, {"person": "anna"}).context["form"]
    assert form["last_name"].value() == "Орлова"
    assert form["snils"].value() == "000-000-600 03"
    assert form["organisation"].value() == sandbox.organisation("hospital").name
    assert client.get(NEW, {"person": "nobody"}).context["form"]["last_name"].value() is None
    facts = {name: form[name].value() or "" for name in form.FACTS}
    assert client.post(NEW, {**TYPED, **facts}).status_code == 200
    assert Issued.objects.get().owner == ANNA.full_name


@pytest.mark.parametrize("branch", ["ec", "rsa", "gost"])
def test_a_key_made_here_is_carried_away_under_its_pin_and_stays_nowhere(
    client, openssl, tmp_path, branch, request
) -> None:
    if branch == "gost":
        request.getfixturevalue("gost_engine")
    answer = client.post(NEW, {**TYPED, "authority": branch})
    assert answer.status_code == 200
    made = Issued.objects.get()
    assert (made.authority, made.asked_by) == (branch, "operator")
    carried = files(answer)
    (tmp_path / "anna.p12").write_bytes(carried["p12"])
    said = openssl("pkcs12", "-in", "anna.p12", "-passin", "pass:12345678", "-nodes")
    assert said[0] == 0
    assert made.pem in said[1]
    assert said[1].count("BEGIN CERTIFICATE") == 3
    assert openssl("pkcs12", "-in", "anna.p12", "-passin", "pass:87654321", "-nodes")[0] != 0

    folder = zipfile.ZipFile(io.BytesIO(carried["folder"]))
    assert sorted(folder.namelist()) == ["certificate.pem", "key.pem", "token.json"]
    assert folder.read("certificate.pem").startswith(made.pem.encode())
    spki = _public(folder.read("key.pem"), branch)
    assert spki in x509.load_pem_x509_certificate(made.pem.encode()).tbs_certificate_bytes
    assert "PRIVATE KEY" not in str(list(Issued.objects.values())) + str(list(Entry.objects.values()))
    assert "12345678" not in answer.content.decode()


def _public(locked: bytes, branch: str) -> bytes:
    from dopusk.trust.signing_keys import signing_key

    if branch == "gost":
        return signing_key(gost.unlocked(locked, "12345678")).spki
    return signing_key(load_pem_private_key(locked, b"12345678")).spki


def test_a_key_of_ones_own_is_certified_by_its_request_pasted_or_in_a_file(client) -> None:
    der = x509.load_pem_x509_csr(csr().encode()).public_bytes(Encoding.DER)
    for brought in ({"csr": csr()}, {"csr_file": SimpleUploadedFile("anna.csr", der)}):
        answer = client.post(NEW, {**TYPED, "key": "csr", "pin": "", **brought})
        made = Issued.objects.order_by("-id")[0]
        assert (answer.status_code, answer["Location"]) == (
            302,
            reverse("pki:show", args=[made.serial_number]),
        )
    assert Issued.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"snils": ""}, {"snils": ["required"]}),
        ({"snils": "112-233-445 96"}, {"snils": ["snils_checksum"]}),
        ({"last_name": "Orlova"}, {"last_name": ["name_characters"]}),
        ({"inn": "1"}, {"inn": ["inn_length"]}),
        ({"title": "Медсестра"}, {"title": ["organisation_absent"]}),
        ({"organisation": "Б" * 65}, {"organisation": ["too_long"]}),
        ({"days": "451"}, {"days": ["max_value"]}),
        ({"days": "год"}, {"days": ["invalid"]}),
        ({"authority": "gost94"}, {"authority": ["invalid_choice"]}),
        ({"pin": "12345"}, {"pin": ["pin"]}),
        ({"pin": "пароль12"}, {"pin": ["pin"]}),
        ({"key": "csr"}, {"csr": ["csr_missing"]}),
        ({"key": "csr", "csr": "выпустите"}, {"csr": ["csr_unreadable"]}),
        ({"key": ""}, {"key": ["required"]}),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_typed_is_lost(
    client, changed, expected
) -> None:
    typed = {**TYPED, **changed}
    answer = client.post(NEW, typed)
    assert answer.status_code == 422
    assert codes(answer) == expected
    form = answer.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert not Issued.objects.exists()


def test_whose_data_she_started_from_is_still_chosen_after_a_mistake(client) -> None:
    started = client.get(NEW, {"person": "anna"})
    assert '<input type="hidden" name="person" value="anna">' in started.content.decode()
    answer = client.post(NEW, {**TYPED, "person": "anna", "pin": "1"})
    assert answer.status_code == 422
    assert '<option value="anna" selected>' in answer.content.decode()
    nobody = client.post(NEW, {**TYPED, "pin": "1"})
    assert '<option value="" selected>' in nobody.content.decode()


def test_a_file_brought_with_a_mistake_elsewhere_need_not_be_chosen_again(client) -> None:
    text = csr()
    der = x509.load_pem_x509_csr(text.encode()).public_bytes(Encoding.DER)
    for content in (text.encode(), der):
        answer = client.post(
            NEW, {**TYPED, "key": "csr", "snils": "1", "csr_file": SimpleUploadedFile("anna.csr", content)}
        )
        kept = answer.context["form"]["csr"].value()
        assert x509.load_pem_x509_csr(kept.encode()).public_bytes(Encoding.DER) == der
    both = {"csr": text, "csr_file": SimpleUploadedFile("anna.csr", der)}
    assert codes(client.post(NEW, {**TYPED, "key": "csr", **both})) == {"csr": ["csr_twice"]}


def test_without_the_engine_the_pages_say_so_and_offer_no_gost(client, monkeypatch) -> None:
    monkeypatch.setattr(gost, "available", lambda: False)
    assert client.get(INDEX).context["gost"] is False
    assert "libengine-gost-openssl" in client.get(INDEX).content.decode()
    assert [value for value, _ in client.get(NEW).context["form"].fields["authority"].choices] == [
        "ec",
        "rsa",
    ]
    assert codes(client.post(NEW, {**TYPED, "authority": "gost"})) == {"authority": ["invalid_choice"]}


def test_an_engine_lost_while_the_form_was_filled_in_costs_nothing_typed(client, monkeypatch) -> None:
    def gone(**_: object) -> bytes:
        raise gost.EngineMissing

    monkeypatch.setattr(gost, "available", lambda: True)
    monkeypatch.setattr(gost, "new_key", gone)
    assert codes(client.post(NEW, {**TYPED, "authority": "gost"})) == {"authority": ["gost_missing"]}


def test_a_certificate_is_suspended_given_back_and_revoked_by_hand(client) -> None:
    made = issued()
    page, act = (reverse(f"pki:{name}", args=[made.serial_number]) for name in ("show", "standing"))
    seen = []
    for posted in (
        {"reason": "certificateHold"}, {"act": "restore"}, {"reason": "keyCompromise"}, {"act": "restore"},
        {"reason": "superseded"},
    ):  # fmt: skip
        assert client.post(act, posted)["Location"] == page
        answer = client.get(page)
        seen.append(
            (answer.context["code"], [str(message.level_tag) for message in answer.context["messages"]])
        )
    assert seen == [
        ("suspended", ["success"]), ("good", ["success"]), ("revoked", ["success"]), ("revoked", ["error"]),
        ("revoked", ["error"]),
    ]  # fmt: skip
    assert Entry.objects.filter(object=f"pki:{made.serial_number}", actor="operator").count() == 4


def test_a_suspended_one_can_be_revoked_and_not_suspended_again(client) -> None:
    made = issued()
    actions.revoke(made.serial_number, "operator", Reason.CERTIFICATE_HOLD)
    form = client.get(reverse("pki:show", args=[made.serial_number])).context["form"]
    assert "certificateHold" not in [value for value, _ in form.fields["reason"].choices]


def test_a_reason_that_is_none_is_said_beside_its_field(client) -> None:
    act = reverse("pki:standing", args=[issued().serial_number])
    answer = client.post(act, {"reason": "мне так хочется"})
    assert (answer.status_code, codes(answer)) == (422, {"reason": ["invalid_choice"]})
    assert Issued.objects.get().revoked_at is None


def test_the_certificate_is_downloaded_with_its_chain(client) -> None:
    made = issued()
    answer = client.get(reverse("pki:file", args=[made.serial_number]))
    assert answer["Content-Disposition"].startswith("attachment")
    own, issuer, root = x509.load_pem_x509_certificates(answer.content)
    own.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(root)


@pytest.mark.parametrize(
    "query", ["орл", "ОРЛОВА АННА", "000-000-600 03", "00000060003", "serial", "SERIAL SPACED"]
)
def test_a_certificate_is_found_by_name_snils_and_number(client, query) -> None:
    made = issued()
    issued(sandbox.person("boris"))
    number = made.serial_number
    spaced = " ".join(number.upper()[at : at + 4] for at in range(0, 40, 4))
    asked = {"serial": number.lstrip("0"), "SERIAL SPACED": spaced}.get(query, query)
    answer = client.get(INDEX, {"query": asked})
    assert [(row["issued"], row["branch"]) for row in answer.context["rows"]] == [(made, "EC")]


def test_what_is_not_found_and_what_is_no_number(client) -> None:
    issued()
    assert client.get(INDEX, {"query": "Иванов"}).context["rows"] == []
    answer = client.get(INDEX, {"query": "12"})
    assert (answer.status_code, answer.context["rows"]) == (422, [])
    assert list(answer.context["form"].errors) == ["query"]


def test_long_lists_are_paged_newest_first_and_keep_the_question(client) -> None:
    made = [issued().serial_number for _ in range(26)]
    first = client.get(INDEX, {"query": "орлова"})
    assert [row["issued"].serial_number for row in first.context["rows"]] == made[:0:-1]
    assert "page=2" in first.content.decode()
    second = client.get(INDEX, {"query": "орлова", "page": "2"})
    assert [row["issued"].serial_number for row in second.context["rows"]] == made[:1]


def test_seals_have_no_page_of_a_person(client) -> None:
    actions.issue(request(keys.new(), subject("Учебный центр", "Допуск")), "seal", "cabinet")
    seal = Issued.objects.get()
    assert client.get(INDEX).context["rows"] == []
    for name in ("show", "file"):
        assert client.get(reverse(f"pki:{name}", args=[seal.serial_number])).status_code == 404
    assert (
        client.post(reverse("pki:standing", args=[seal.serial_number]), {"reason": "superseded"}).status_code
        == 404
    )


def test_outside_the_sandbox_there_are_no_pages(client, settings) -> None:
    serial = issued().serial_number
    settings.SANDBOX = False
    there = [INDEX, NEW, *(reverse(f"pki:{name}", args=[serial]) for name in ("show", "file"))]
    assert [client.get(page).status_code for page in there] == [404] * 4
    assert client.post(reverse("pki:standing", args=[serial]), {"reason": "superseded"}).status_code == 404
    assert client.post(NEW, TYPED).status_code == 404


def test_the_pages_stand_while_the_register_is_switched_off(client) -> None:
    made = issued()
    faults.throw(Register.PKI, Mode.OFF, 0, by="operator")
    assert client.get(INDEX).status_code == 200
    assert client.get(reverse("pki:show", args=[made.serial_number])).status_code == 200
    assert client.get(reverse("pki:roots")).status_code == 503


def test_every_word_is_known_in_english() -> None:
    with translation.override("en"):
        for text in (*ALGORITHMS.values(), *REASONS.values()):
            assert not re.search("[а-яё]", str(text))


@pytest.mark.parametrize("serial", ["%00", "a%00b", "0" * 40, "f" * 300, "no-number"])
def test_what_is_no_number_is_no_certificate(client, serial: str) -> None:
    for page in ("", "file/"):
        assert client.get(f"{INDEX}certificates/{serial}/{page}").status_code == 404
    answer = client.post(f"{INDEX}certificates/{serial}/standing/", {"reason": "superseded"})
    assert answer.status_code == 404
