"""Forms of the cabinet may end at the portal: sign-out does, and a form sent after the session was over."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dopusk.cabinet.signin.portal import portal


class FormsMayLeadToThePortal:
    """Names the provider's origins in `form-action` of every page, because browsers apply it to redirects too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer for the middleware that writes the policy."""
        response = self.get_response(request)
        if not hasattr(response, "csp_form_action"):
            response.csp_form_action = portal().origins  # type: ignore[attr-defined]
        return response
