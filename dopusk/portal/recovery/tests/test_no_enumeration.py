"""To a stranger recovery is the same whether or not an account exists."""

import re

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.accounts.actions import change_sealed
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.steps import code_of
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.delivery.models import Letter

pytestmark = pytest.mark.django_db
PAIRS = [
    ("anna@example.org", "nobody@example.org"),
    ("+7 900 000-00-03", "+7 900 555-44-33"),
    ("000-000-600 03", "000-000-699 03"),
    (sandbox.person("anna").inn, "500100732259"),
    ("anna@example.org", "совсем не логин"),
]


@pytest.fixture(autouse=True)
def anna():
    return known("anna")


def shape(page) -> tuple[int, str]:
    """A page without what is new in every answer."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.text)
    text = re.sub(r"\d\d:\d\d:\d\d|data-again-in=\"\d+\"|[0-9a-f]{32}", "", text)
    return page.status_code, text


@pytest.mark.parametrize("channel", ["sms", "mail"])
@pytest.mark.parametrize(("known_as", "unknown"), PAIRS)
def test_every_page_a_stranger_sees_is_the_same(known_as, unknown, channel):
    seen = []
    for identifier, network in ((known_as, "198.51.100.7"), (unknown, "203.0.113.9")):
        browser = Browser(network)
        pages = [steps.begin(browser, identifier, channel)]
        for _ in range(3):
            pages.append(browser.submit(pages[-1], "/recovery/code/", code="000000"))
        pages.append(browser.submit(pages[-1], "/recovery/code/", code="нет"))
        pages.append(browser.get("/recovery/password/", follow_redirects=True))
        browser.submit(pages[0], "/recovery/again/", channel="mail" if channel == "sms" else "sms")
        pages.append(browser.get("/recovery/code/"))
        for _ in range(7):
            last = browser.submit(pages[-1], "/recovery/code/", code="000000")
        pages += [last, browser.submit(pages[-1], "/recovery/code/", code="000000")]
        seen.append([shape(page) for page in pages])
    assert seen[0] == seen[1]


def test_nothing_is_sent_to_nobody():
    steps.begin(Browser(), "nobody@example.org", "mail")
    steps.begin(Browser(), "+7 900 555-44-33")
    assert not Letter.objects.exists()


def test_limits_are_the_same_for_nobody():
    for identifier in ("anna@example.org", "nobody@example.org"):
        browser = Browser()
        codes = [code_of(steps.begin(browser, identifier)) for _ in range(6)]
        assert codes == ["", "", "", "", "", "held"]


def test_two_identifiers_of_one_person_are_not_betrayed_by_what_is_held_back():
    """Her telephone has had its five messages of the hour; her mail as identifier still answers as a stranger's."""
    for network in range(5):
        steps.begin(Browser(f"192.0.{network}.7"), "+79000000003")
    assert len(Letter.objects.all()) == 5
    mine = steps.begin(Browser("198.51.100.7"), "anna@example.org")
    nobodys = steps.begin(Browser("203.0.113.9"), "nobody@example.org")
    assert len(Letter.objects.all()) == 5
    assert shape(mine) == shape(nobodys)


def test_a_missing_contact_is_not_betrayed(anna):
    change_sealed(anna.sub, email="")
    mine = steps.begin(Browser(), "+79000000003", "mail")
    nobodys = steps.begin(Browser("203.0.113.9"), "+79005554433", "mail")
    assert shape(mine) == shape(nobodys)
    assert not Letter.objects.exists()


def test_the_time_an_answer_takes_tells_nothing():
    """500 tries each, interleaved; how often one drawn from hers is slower than one drawn from nobody's: as often as
    not. The stated exception to «no timed assertions»."""
    from time import perf_counter

    from dopusk.portal.codes.models import Counter

    times: dict[str, list[float]] = {"anna@example.org": [], "nobody@example.org": []}
    for number in range(500):
        order = list(times) if number % 2 else list(reversed(times))
        for identifier in order:
            Counter.objects.all().delete()
            browser = Browser(f"10.{number // 250}.{number % 250}.7")
            page = browser.get("/recovery/")
            begun = perf_counter()
            browser.submit(page, "/recovery/", identifier=identifier, channel="sms")
            times[identifier].append(perf_counter() - begun)
    hers, nobodys = times.values()
    slower = sum((a > b) + (a == b) / 2 for a in hers for b in nobodys) / (len(hers) * len(nobodys))
    assert 0.45 < slower < 0.55, slower
