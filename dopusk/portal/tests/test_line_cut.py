"""The endpoints before Django when the server has cut the line, and when a request brings a NUL."""

import base64
import io

import pytest
from django.db import connection

from dopusk.portal.clients import models as clients
from dopusk.portal.front import ROUTES
from dopusk.portal.tests.browser import CALLBACK, CLIENT, SECRET
from dopusk.portal.tests.test_statement import cut_the_line
from dopusk.portal.wire import Answer, Front, Route

GRANT = f"grant_type=authorization_code&code=unknown&redirect_uri={CALLBACK}&code_verifier={'v' * 43}"


def refuse(environ, start_response):
    raise AssertionError("no page is asked for here")


def told(routes=ROUTES, *, path="/oidc/token", form=GRANT) -> str:
    """The status line an endpoint answers with."""
    seen = []
    Front(routes, refuse)(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(form)),
            "wsgi.input": io.BytesIO(form.encode()),
            "HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode(),
        },
        lambda status, headers: seen.append(status),
    )
    return seen[0]


@pytest.mark.django_db(transaction=True)
def test_a_cut_line_is_not_noticed_by_a_service(cabinet):
    cut_the_line()
    clients.forget()
    assert told() == "400 Bad Request"  # invalid_grant: the code is unknown, all else was read


@pytest.mark.django_db(transaction=True)
def test_a_failure_of_the_orm_heals_by_itself(cabinet):
    def read(request):
        clients.Client.objects.get(pk=CLIENT)
        return Answer(200)

    cut_the_line()
    routes = {"/x": Route(read, frozenset({"POST"}))}
    assert told(routes, path="/x") == "503 Service Unavailable"
    clients.Client.objects.get(pk=CLIENT)
    assert connection.is_usable()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["code", "redirect_uri", "client_id"])
def test_a_nul_is_a_request_badly_made(cabinet, name):
    assert told(form=f"{name}=%00&{GRANT}") == "400 Bad Request"
