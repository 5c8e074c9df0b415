"""The stand's inbox: what people would have got, for those who try the stand out and for scripts; nowhere else."""

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dopusk.web.delivery import actions, rules
from dopusk.web.delivery.models import InboxLetter, Letter
from dopusk.web.outbox import actions as outbox

ANNA, BORIS = "+79001234567", "boris@example.org"
SITE = "http://localhost:8000"


def sent(**changes) -> Letter:
    asked = {"channel": "sms", "to": ANNA, "purpose": "registration.phone_code", "text": "Код: 482913"}
    with transaction.atomic():
        letter = actions.send(**(asked | changes))
    assert outbox.deliver(letter.message_id) == "delivered"
    return Letter.objects.get(pk=letter.pk)


def ask(query: str = "", **headers):
    return Client(headers=headers).get(reverse("delivery:inbox") + query)


def listed(query: str = "?format=json") -> list[str]:
    return [letter["text"] for letter in ask(query).json()["letters"]]


@pytest.mark.django_db
def test_a_code_can_be_read_on_the_page(settings):
    letter = sent()
    assert (letter.state, bytes(letter.sealed)) == ("delivered", b"")
    assert reverse("delivery:inbox") == "/sandbox/inbox/"
    page = ask().content.decode()
    assert re.search(r"<p[^>]* data-text[^>]*>Код: 482913</p>", page)
    assert f'id="letter-{letter.pk}"' in page
    assert "+7 900 123-45-67" in page


@pytest.mark.django_db
def test_outside_the_sandbox_there_is_no_such_page(settings):
    sent()
    settings.SANDBOX = False
    assert ask().status_code == 404
    assert ask("?format=json").status_code == 404


@pytest.mark.django_db
def test_every_page_of_the_stand_leads_there_and_no_page_of_another_deployment(settings):
    there = f'href="{reverse("delivery:inbox")}"'
    assert there in Client().get("/").content.decode()
    settings.SANDBOX = False
    assert there not in Client().get("/").content.decode()


@pytest.mark.django_db
def test_what_the_inbox_keeps_is_sealed():
    sent()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM delivery_inboxletter t")
        row = cursor.fetchone()[0]
    assert ("482913" in row, "9001234567" in row) == (False, False)
    assert InboxLetter.objects.get().parcel().text == "Код: 482913"


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"accept": "application/json"}], ids=["by format", "by Accept"])
def test_a_script_reads_it_as_json(headers):
    letter = sent(
        channel="mail", to=BORIS, subject="Ваш адрес", text="Подтвердите", purpose="registration.email"
    )
    (found,) = ask("" if headers else "?format=json", **headers).json()["letters"]
    assert found.pop("at").startswith("20")
    assert found == {
        "id": str(letter.pk),
        "to": BORIS,
        "channel": "mail",
        "purpose": "registration.email",
        "subject": "Ваш адрес",
        "text": "Подтвердите",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "image/png"])
def test_a_browser_gets_a_page(accept):
    assert ask(accept=accept)["Content-Type"].startswith("text/html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to", "texts"),
    [
        ("8 (900) 123-45-67", ["второй", "первый"]),
        ("%2B79001234567", ["второй", "первый"]),
        ("boris@EXAMPLE.org", ["Борису"]),
        ("vera@example.org", []),
        ("", ["Борису", "второй", "первый"]),
    ],
)
def test_newest_first_and_only_to_whom_was_asked(to, texts):
    sent(text="первый")
    sent(text="второй")
    sent(channel="mail", to=BORIS, text="Борису")
    assert listed(f"?format=json&to={to}") == texts
    page = ask(f"?to={to}")
    assert page.status_code == 200
    assert [text for text in ("Борису", "второй", "первый") if text in page.content.decode()] == texts


@pytest.mark.django_db
def test_what_is_no_address_is_said_beside_the_field_and_nothing_shown():
    sent()
    page = ask("?to=Анна")
    assert page.status_code == 400
    assert page.context["form"].errors.as_data()["to"][0].code == "phone_format"
    assert 'value="Анна"' in page.content.decode()
    assert ask("?format=json&to=Анна").json() == {"letters": []}


@pytest.mark.django_db
def test_twenty_on_a_page():
    for number in range(21):
        sent(text=f"письмо {number}")
    assert listed() == [f"письмо {number}" for number in range(20, 0, -1)]
    assert listed("?format=json&page=2") == ["письмо 0"]
    assert "page=2" in ask("?to=").content.decode()


@pytest.mark.django_db
def test_an_empty_inbox_says_so():
    assert "dk-empty" in ask().content.decode()


@pytest.mark.django_db
def test_only_links_to_this_site_can_be_followed_and_markup_is_text():
    evil = "http://localhost:8000.evil.example/ http://localhost:8000@evil.example/ javascript:alert(1)"
    sent(text=f"<b>Анна</b>,\nоткройте {SITE}/registration/email/a-b_c/?x=1&y=2. Не {evil}")
    page = ask().content.decode()
    body = re.search(r"data-text[^>]*>(.*?)</p>", page, re.DOTALL)[1]
    assert re.findall(r'href="([^"]*)"', body) == [f"{SITE}/registration/email/a-b_c/?x=1&amp;y=2"]
    assert "&lt;b&gt;Анна&lt;/b&gt;,<br>" in body


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"({SITE}/a/)", [f"{SITE}/a/"]),
        (f"«{SITE}»", [SITE]),
        (f"{SITE}/a/b/.", [f"{SITE}/a/b/"]),
        (f"{SITE}0/a", []),
        (f"{SITE}.evil.example/a", []),
        (f"{SITE}:80/a", []),
        (f"{SITE}@evil.example", []),
        (f"{SITE}-evil.example", []),
        (f'{SITE}/"onclick=', [f"{SITE}/"]),
        (f"{SITE}/a {SITE}/b", [f"{SITE}/a", f"{SITE}/b"]),
    ],
)
def test_which_links_are_this_site_s(text, links):
    assert [piece.url for piece in rules.pieces(text, SITE) if piece.url] == links


@given(st.lists(st.sampled_from([*"abя/.:@ \n<>\"'()-", SITE, f"{SITE}/a/"]), max_size=30).map("".join))
def test_cutting_a_text_at_its_links_loses_nothing(text):
    found = list(rules.pieces(text, SITE))
    assert "".join(piece.text for piece in found) == text
    for piece in found:
        assert not piece.url or piece.url == SITE or piece.url.startswith(f"{SITE}/")
