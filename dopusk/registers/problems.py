"""Errors of the API as problem+json (RFC 9457), each with a stable `code` and the trace id."""

import json
import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from dopusk.kernel import trace

logger = logging.getLogger(__name__)


class Problem(Exception):
    """An answer that says no. code: stable; title: for people, in Russian; more: extension members (RFC 9457 §3.2)."""

    def __init__(self, status: int, code: str, title: str, **more: object) -> None:
        super().__init__(code)
        self.status, self.code, self.title, self.more = status, code, title, more

    def answer(self) -> HttpResponse:
        """The HTTP answer."""
        body = {
            "type": f"urn:dopusk:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "traceId": trace.current(),
            **self.more,
        }
        response = HttpResponse(
            json.dumps(body, ensure_ascii=False, default=str),
            status=self.status,
            content_type="application/problem+json",
        )
        if self.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response


def _field(error: dict[str, Any]) -> dict[str, str]:
    """Where and what, without the refused value: it may be personal data."""
    place = ".".join(str(part) for part in error["loc"] if part not in {"body", "query", "path"})
    cause = str(error.get("ctx", {}).get("error", ""))  # of our own parsers: the code of `Invalid`
    return {"field": place, "code": cause if cause.isidentifier() else error["type"]}


def install(api: NinjaAPI) -> None:
    """Every refusal of the API becomes a problem; a fault of ours too, without telling what broke."""

    @api.exception_handler(Problem)
    def problem(request: HttpRequest, refused: Problem) -> HttpResponse:
        return refused.answer()

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, refused: ValidationError) -> HttpResponse:
        errors = [_field(error) for error in refused.errors]
        return Problem(422, "invalid_request", "Запрос составлен неверно", errors=errors).answer()

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, refused: AuthenticationError) -> HttpResponse:
        return Problem(401, "unauthorised", "Нужен действующий ключ доступа").answer()

    @api.exception_handler(HttpError)
    def malformed(request: HttpRequest, refused: HttpError) -> HttpResponse:
        return Problem(refused.status_code, "malformed_request", "Запрос не удалось прочитать").answer()

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, refused: Http404) -> HttpResponse:
        return Problem(404, "not_found", "Такой записи нет").answer()

    @api.exception_handler(Exception)
    def fault(request: HttpRequest, broken: Exception) -> HttpResponse:
        logger.error("%s %s failed", request.method, request.path, exc_info=broken)
        return Problem(500, "internal", "Регистр не смог ответить").answer()
