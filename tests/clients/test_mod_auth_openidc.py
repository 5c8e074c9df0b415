"""Apache's mod_auth_openidc protects a page; the portal says who may see it."""

import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from dopusk.stand.visitor import Page
from tests.clients.apache import Site, place, serving
from tests.clients.people import Person
from tests.clients.registration import SECRET, registered

BACK_CHANNEL_SECONDS = 30


@pytest.fixture(scope="module")
def site(stand) -> Iterator[Site]:
    with place() as found:
        registered(
            stand,
            "apache",
            redirect_uris=[found.callback],
            signed_out_uris=[f"{found.url}/out.html"],
            backchannel_logout_uri=f"{found.callback}?logout=backchannel",
        )
        with serving(found, issuer=stand.portal, client_id="apache", secret=SECRET):
            yield found


def seen_by(key: str, site: Site) -> tuple[Person, Page]:
    person = Person(key)
    assert person.arrives(site.protected) == site.protected, site.log()
    return person, person.now


def test_who_has_not_signed_in_does_not_see_the_page(site, stand):
    stranger = Person("anna")
    assert stranger.open(site.protected).url.startswith(f"{stand.portal}/signin/")


def test_anna_sees_it_after_signing_in_and_apache_knows_her(site):
    _, page = seen_by("anna", site)
    assert page.heading == "Только для своих"
    assert page.headers["X-Seen-Name"] == "Анна"
    assert len(page.headers["X-Seen-Sub"]) == 36


def test_anna_leaves_by_apache_and_the_portal_forgets_her_too(site, stand):
    anna, _ = seen_by("anna", site)
    page = anna.open(f"{site.callback}?{urlencode({'logout': f'{site.url}/out.html'})}")
    assert (page.url.split("?")[0], page.heading) == (f"{site.url}/out.html", "Вы вышли")
    assert anna.open(site.protected).url.startswith(f"{stand.portal}/signin/")


def test_anna_leaves_the_portal_and_apache_hears_of_it_without_her(site, stand):
    """Her browser never meets Apache in between: the portal's back channel has told it."""
    anna, _ = seen_by("anna", site)
    elsewhere, _ = seen_by("boris", site)
    anna.open(f"{stand.portal}/")
    anna.submit(action="/signout/")
    anna.client.follow_redirects = False
    until = time.monotonic() + BACK_CHANNEL_SECONDS
    while anna.client.get(site.protected).status_code == 200:
        assert time.monotonic() < until, site.log()
        time.sleep(0.2)
    assert elsewhere.open(site.protected).headers["X-Seen-Name"] == "Борис"
