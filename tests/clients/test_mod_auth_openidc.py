"""Apache's mod_auth_openidc protects a page; the portal says who may see it."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from dopusk.stand.visitor import Page
from tests.clients.apache import Site, place, serving
from tests.clients.people import Person
from tests.clients.registration import SECRET, registered


@pytest.fixture(scope="module")
def site(stand) -> Iterator[Site]:
    with place() as found:
        registered(
            stand,
            "apache",
            redirect_uris=[found.callback],
            signed_out_uris=[f"{found.url}/out.html"],
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
