"""More than a hundred addresses that somebody would like the portal to go to: it goes to none of them."""

import pytest

from dopusk.portal.tests.browser import (
    CALLBACK,
    SIGNED_OUT,
    Browser,
    authorization,
    code_for,
    exchange,
)
from tests.conformance.hostile import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def goes_nowhere(answer) -> bool:
    return answer.status_code == 400 and not {"location", "refresh"} & answer.headers.keys()


def test_there_are_more_than_a_hundred():
    assert len(set(addresses(CALLBACK))) > 100
    assert CALLBACK not in addresses(CALLBACK)


@pytest.mark.parametrize("address", addresses(CALLBACK), ids=ascii)
def test_nobody_is_sent_to_a_hostile_address_with_a_code_or_an_error(address):
    """Neither a good request nor one whose fault would be told by a redirect (RFC 9700 §4.1, §4.11.2)."""
    browser = Browser()
    for changes in ({}, {"response_type": "token"}, {"prompt": "none"}):
        answer = browser.get(authorization(redirect_uri=address, **changes))
        assert goes_nowhere(answer)
        assert "redirect_unregistered" in answer.text


def test_a_code_is_not_exchanged_for_any_other_address():
    """RFC 6749 §4.1.3; the code stays good for the address it was given to."""
    code = code_for(Browser())
    for address in addresses(CALLBACK):
        refused = exchange(code, redirect_uri=address)
        assert (refused.status_code, refused.json()["error"]) in {
            (400, "invalid_grant"),
            (400, "invalid_request"),
        }
    assert exchange(code).status_code == 200


def test_leaving_goes_to_no_hostile_address_either():
    browser = Browser()
    hint = exchange(code_for(browser)).json()["id_token"]
    for address in filter(None, addresses(SIGNED_OUT)):
        answer = browser.get(
            "/oidc/logout", params={"id_token_hint": hint, "post_logout_redirect_uri": address}
        )
        assert goes_nowhere(answer), address
    assert browser.get(authorization(prompt="none")).status_code == 303
