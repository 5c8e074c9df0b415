"""Bearer tokens (RFC 6750) for the API: `Router(auth=Bearer(Scope.FRMO))`."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from dopusk.registers.clients.models import Client
from dopusk.registers.clients.rules import Scope
from dopusk.registers.problems import Problem


class Bearer(HttpBearer):
    """Lets in a known client that has the scope: a stranger gets 401, a client without the scope 403."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Client | None:
        """The client; None for an unknown token. Raises `Problem(403, "scope_missing")`."""
        client = Client.objects.bearing(token)
        if client and self.scope not in client.scopes:
            raise Problem(403, "scope_missing", "Этому ключу такой запрос не разрешён", scope=self.scope)
        return client
