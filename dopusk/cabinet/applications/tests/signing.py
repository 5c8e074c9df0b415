"""Known people sign pages of this cabinet by certificates of the tests' authority."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from dopusk.kernel import sandbox
from dopusk.trust.subjects import Subject
from dopusk.web.signing import actions

CHALLENGE = re.compile(r'name="challenge" value="([0-9a-f-]{36})"')


def subject(key):
    """Whose certificate: the person with her СНИЛС."""
    who = sandbox.person(key)
    return Subject(who.last_name, who.first_name, who.patronymic, who.snils)


def card(office, key="anna", **more):
    """A person's certificate and key."""
    return office.card(subject(key), **more)


def challenge(page):
    """The number of the text the page asks to sign."""
    found = CHALLENGE.search(page.content.decode())
    return found[1] if found else ""


def text(client, number):
    """The exact bytes, as a program would download them."""
    answer = client.get(f"/signing/{number}/content/")
    assert answer.status_code == 200
    return answer.content


def bring(client, address, number, signature, **fields):
    """Upload a detached signature as a page without scripts does."""
    upload = SimpleUploadedFile("text.p7s", signature, "application/pkcs7-signature")
    return client.post(address, {**fields, "challenge": number, "signature_file": upload})


def sign(client, address, who, page=None, **fields):
    """Open the page (unless it is given), sign its text by the card, send the form."""
    number = challenge(page if page is not None else client.get(address, {"by": "signature"}))
    return bring(client, address, number, who.sign(text(client, number)), **fields)


def kept(office, key, about):
    """A good signature of a known person's, as it stands in the database."""
    act = actions.Act("test", about, "Проверка адресов", ("Строка",))
    asked = actions.ask(act, session="of a test", owner=f"sub-{key}", origin="http://localhost")
    signature = card(office, key).sign(asked.content)
    examined = actions.examine(asked.pk, "test", about, session="of a test", signature=signature)
    return actions.keep(examined)
