"""The main job as its people live it; one function a step, the first line of its docstring is the step's name.

Анна, a nurse, applies; Галина checks the intake; Борис, Вера and Григорий decide; anybody verifies.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509

from dopusk.stand.running import RunningStand
from dopusk.stand.scan import scanned_pdf
from dopusk.stand.visitor import Visitor
from dopusk.trust import pades

WAIT_SECONDS = (
    90  # for what the worker does by itself; a job of a worker killed with -9 is taken up after 30 s
)
REPORT = scanned_pdf(
    [
        [
            "Отчёт о профессиональной деятельности",
            "за пять лет",
            "",
            "Орлова Анна Сергеевна",
            "медицинская сестра",
        ],
        ["Страница 2", "", "Выполнено процедур: 11 480", "Осложнений: 0", "", "Подпись ____________"],
    ]
)
AGREEMENT = scanned_pdf([["Отчёт согласован", "", "Главный врач ____________", "М. П."]], seed=2)


class Wrong(Exception):
    """What was seen is not what must hold."""


@dataclass
class Story:
    """Who takes part and what they have found out so far."""

    stand: RunningStand
    who: str = "anna"  # the applicant
    visitors: dict[str, Visitor] = field(default_factory=dict)
    application: str = ""  # address of Анна's application
    sitting: str = ""  # address of the sitting that judges it
    number: str = ""
    verify_url: str = ""
    pdf: bytes = b""
    verify_answer: dict[str, Any] = field(default_factory=dict)

    def visitor(self, key: str) -> Visitor:
        """One of the demo people, at a browser of their own."""
        return self.visitors.setdefault(key, Visitor(key))

    @property
    def case(self) -> str:
        """The application's identifier, as other addresses carry it."""
        return self.application.rstrip("/").rsplit("/", 1)[-1]


def until(what: str, look: Callable[[], bool]) -> str:
    """Look again and again until it is so; says how long it took. Raises Wrong when it never is."""
    began = time.monotonic()
    while not look():
        if time.monotonic() - began > WAIT_SECONDS:
            raise Wrong(f"after {WAIT_SECONDS} s still not: {what}")
        time.sleep(0.2)
    return f"{what} after {time.monotonic() - began:.1f} s"


def hold(fact: object, what: str) -> None:
    """Raise Wrong unless the fact holds."""
    if not fact:
        raise Wrong(what)


def sign_in(story: Story, key: str) -> str:
    """Open the cabinet, be led to the portal, sign in, consent, come back. Returns the heading arrived at."""
    visitor = story.visitor(key)
    visitor.open(f"{story.stand.cabinet}/signin/")
    hold(
        visitor.now.url.startswith(story.stand.portal),
        f"the cabinet led {key} to {visitor.now.url}, not to the portal",
    )
    identifier = f"{key}@example.org"
    visitor.submit(
        {"identifier": identifier, "password": story.stand.password(identifier)}, action="/signin/"
    )
    if visitor.has_form("/signin/second/"):
        visitor.submit({"code": story.stand.code(key)}, action="/signin/second/")
    if visitor.has_form("/consents/give/"):
        visitor.submit({"decision": "allow"}, action="/consents/give/")
    here = visitor.now
    hold(here.url.startswith(story.stand.cabinet), f"sign-in of {key} ended at {here.url}: {here.text[:300]}")
    return f"{here.heading} ({here.url})"


def anna_signs_in(story: Story) -> str:
    """Анна signs in through the portal and consents."""
    return sign_in(story, "anna")


def anna_begins(story: Story) -> str:
    """Анна begins an application for periodic accreditation."""
    anna = story.visitor(story.who)
    anna.open(f"{story.stand.cabinet}/applications/new/")
    anna.submit()
    path = urlsplit(anna.now.url).path.split("/")
    hold(len(path) > 2 and len(path[2]) == 36, f"no draft was begun: {anna.now.url}: {anna.now.text[:300]}")
    story.application = f"{story.stand.cabinet}/applications/{path[2]}/"
    return story.application


def step(story: Story, name: str, values: dict[str, str], **files: tuple[str, bytes, str]) -> str:
    """Fill one step of the application in and save it."""
    anna = story.visitor(story.who)
    anna.open(f"{story.application}steps/{name}/")
    anna.submit({"action": "save", **values}, files=files)
    hold(not anna.now.errors(), f"step {name}: {anna.now.errors()}")
    return anna.now.heading


def anna_answers(story: Story) -> str:
    """Анна confirms her contacts and chooses the specialty."""
    step(story, "contacts", {})
    anna = story.visitor(story.who)
    anna.open(f"{story.application}steps/specialty/")
    return step(story, "specialty", {"specialty_key": anna.option("specialty_key", "Сестринское дело")})


def anna_uploads(story: Story) -> str:
    """Анна uploads her report, a scanned PDF of two pages, with the employer's agreement."""
    step(
        story,
        "report",
        {"agreement": "agreed"},
        activity_report=("Скан 1.pdf", REPORT, "application/pdf"),
        agreement_file=("согласование.pdf", AGREEMENT, "application/pdf"),
    )
    page = story.visitor(story.who).open(f"{story.application}steps/report/")
    hold("Орлова А. С." in page.text, f"the uploaded report is not shown: {page.text[:400]}")
    return f"{len(REPORT)} + {len(AGREEMENT)} bytes taken"


def anna_consents(story: Story) -> str:
    """Анна gives her consent to processing."""
    return step(story, "consent", {"given": "on"})


def anna_brings_documents(story: Story) -> str:
    """Анна goes through the documents step; the registers know the rest already."""
    return step(story, "documents", {"action": "done"})


def anna_looks_ahead(story: Story) -> str:
    """Анна sees every rule checked before she submits."""
    anna, seen = story.visitor(story.who), [""]

    def checked() -> bool:
        page = anna.open(f"{story.application}preflight/")
        outcomes = [
            outcome
            for outcome in ("passed", "failed", "unknown")
            for _ in page.document.xpath(f"//*[contains(@class, 'dk-finding--{outcome}')]")
        ]
        hold(outcomes and "failed" not in outcomes, f"{outcomes}: {page.text[:1500]}")
        seen[0] = f"{len(outcomes)} rules, all passed"
        return "unknown" not in outcomes

    until("all known", checked)
    return seen[0]


def anna_submits(story: Story) -> str:
    """Анна reads what she signs and submits."""
    anna = story.visitor(story.who)
    anna.open(f"{story.application}submit/")
    anna.submit()
    hold(anna.now.url.rstrip("/") == story.application.rstrip("/"), f"{anna.now.url}: {anna.now.text[:400]}")
    return anna.now.heading


def the_worker_registers(story: Story) -> str:
    """The worker registers the application, asks the registers, and hands it to the centre."""
    page = story.visitor("galina")
    sign_in(story, "galina")
    return until(
        "in the registrar's queue",
        lambda: story.case in page.open(f"{story.stand.cabinet}/review/").content.decode(),
    )


def galina_accepts(story: Story) -> str:
    """Галина takes the application, looks at it and passes it on to the commission."""
    galina = story.visitor("galina")
    galina.open(f"{story.stand.cabinet}/review/{story.case}/")
    galina.submit(action=f"/review/{story.case}/take/")
    galina.open(f"{story.stand.cabinet}/review/{story.case}/")
    galina.submit(action=f"/review/{story.case}/accept/")
    return until("with the commission", lambda: _boris_may_convene(story))


def _boris_may_convene(story: Story) -> bool:
    boris = story.visitor("boris")
    if boris.page is None:
        sign_in(story, "boris")
    return boris.open(f"{story.stand.cabinet}/commission/").status == 200


def boris_convenes(story: Story) -> str:
    """Борис, the chair, convenes an unscheduled sitting for today."""
    boris = story.visitor("boris")

    def on_the_agenda() -> bool:
        boris.open(f"{story.stand.cabinet}/commission/")
        if boris.has_form("/commission/convene/"):
            boris.submit(action="/commission/convene/")
        if story.case in boris.now.content.decode():
            story.sitting = boris.now.url
            return True
        return False

    return until("on today's agenda", on_the_agenda)


def three_vote(story: Story) -> str:
    """Борис, Вера and Григорий vote."""
    for key in ("boris", "vera", "grigory"):
        visitor = story.visitor(key)
        if visitor.page is None:
            sign_in(story, key)
        visitor.open(f"{story.sitting}applications/{story.case}/")
        visitor.submit({"vote": "for"}, action="/vote/")
        hold(not visitor.now.errors(), f"{key}: {visitor.now.errors()}")
    return "three for"


def boris_closes(story: Story) -> str:
    """Борис closes the sitting and signs the protocol."""
    boris = story.visitor("boris")
    boris.open(story.sitting)
    boris.submit(action="/close/")
    return until(
        "the protocol is published", lambda: "/protocol/" in boris.open(story.sitting).content.decode()
    )


def the_certificate_appears(story: Story) -> str:
    """The certificate is issued and recorded in the register; Анна downloads it."""
    anna = story.visitor("anna")
    link = "//a[contains(@href, '/certificates/')]/@href"

    def issued() -> bool:
        found = anna.open(story.application).document.xpath(link)
        if found:
            story.number = found[0].split("/certificates/")[1].split("/")[0]
        return bool(found)

    until("the certificate is issued", issued)
    page = f"{story.stand.cabinet}/certificates/{story.number}/"
    seen = until("recorded", lambda: "Внесено в ЕГИСЗ" in anna.open(page).text)
    addresses = [link for link in anna.now.links().values() if "/verify/" in link and "code=" in link]
    hold(addresses, f"no verification link on {page}: {anna.now.text[:400]}")
    story.verify_url = addresses[0]
    story.pdf = anna.open(f"{page}file/").content
    hold(story.pdf.startswith(b"%PDF-"), "the certificate is no PDF")
    return f"№ {story.number}, {len(story.pdf)} bytes, {seen}"


def the_signature_holds(story: Story) -> str:
    """The certificate's signature is valid; with one byte changed it is not."""
    root = x509.load_pem_x509_certificate(
        httpx.get(f"{story.stand.registers}/pki/ca.pem", timeout=10).content
    )
    verdict = pades.validate(story.pdf, [root])
    hold(verdict.code == "valid", f"the signature is {verdict.code}")
    middle = len(story.pdf) // 2
    changed = story.pdf[:middle] + bytes([story.pdf[middle] ^ 1]) + story.pdf[middle + 1 :]
    altered = pades.validate(changed, [root])
    hold(altered.code != "valid", "one changed byte was not noticed")
    return (
        f"{verdict.code}, signed by {verdict.signer} at {verdict.signed_at}; one byte changed: {altered.code}"
    )


def anybody_verifies(story: Story) -> str:
    """A stranger verifies the certificate; a wrong code and an unknown number answer alike."""
    stranger = Visitor("stranger")
    page = stranger.open(story.verify_url)
    json_headers = {"Accept": "application/json"}
    answer = httpx.get(story.verify_url, headers=json_headers, timeout=10)
    story.verify_answer = answer.json()
    hold(story.verify_answer["status"] == "in_force", f"{story.verify_answer}")
    hold("Орлов" not in answer.text, "the holder's name is not masked")
    wrong = [
        httpx.get(url, headers=json_headers, timeout=10)
        for url in (f"{story.verify_url}x", story.verify_url.replace(story.number, story.number[::-1]))
    ]
    statuses = {(one.status_code, one.json()["status"]) for one in wrong}
    hold(len(statuses) == 1 and "in_force" not in str(statuses), f"answers differ: {statuses}")
    return f"{page.heading}: {story.verify_answer}"


def the_register_knows(story: Story) -> str:
    """The federal register holds the accreditation, once."""
    anna = story.visitor("anna")
    page = anna.open(f"{story.stand.cabinet}/profile/")
    hold(
        page.text.count(story.number) == 1,
        f"the register's entry is not on her page once: {page.text[:1500]}",
    )
    return "one entry"


def the_journals_are_whole(story: Story) -> str:
    """The journals of the three sites are whole."""
    return story.stand.journals_are_whole()


STEPS: tuple[Callable[[Story], str], ...] = (
    anna_signs_in,
    anna_begins,
    anna_answers,
    anna_uploads,
    anna_consents,
    anna_brings_documents,
    anna_looks_ahead,
    anna_submits,
    the_worker_registers,
    galina_accepts,
    boris_convenes,
    three_vote,
    boris_closes,
    the_certificate_appears,
    the_signature_holds,
    anybody_verifies,
    the_register_knows,
    the_journals_are_whole,
)
