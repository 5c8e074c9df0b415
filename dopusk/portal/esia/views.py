"""Pages of the dialect: a request that cannot be answered by a redirect."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from dopusk.portal.esia.answers import DIAGNOSIS, FAULT
from dopusk.portal.esia.console import advice, diagnosis
from dopusk.portal.esia.errors import NO_CODE, EsiaFault

_LONGEST = 200  # characters of an address that are told


@csrf_exempt  # a system sends the person here; nothing is changed
def ac(request: HttpRequest) -> HttpResponse:
    """What is shown when `ac` names a system we do not know or an address it has not registered."""
    return _refused(request)


@csrf_exempt  # likewise
def ac_v2(request: HttpRequest) -> HttpResponse:
    """The same of `v2/ac`."""
    return _refused(request)


@csrf_exempt  # what answers here changes nothing: markers are given before Django
def te(request: HttpRequest) -> HttpResponse:
    """What `te` says to any method but POST."""
    return _not_post(request, "v1/te")


@csrf_exempt  # likewise
def te_v3(request: HttpRequest) -> HttpResponse:
    """The same of `v3/te`."""
    return _not_post(request, "v3/te")


@csrf_exempt  # likewise
def astray(request: HttpRequest, path: str) -> HttpResponse:
    """Any other address under `/aas/` and `/rs/`: in the sandbox it is told which there are."""
    if not settings.SANDBOX:
        raise Http404
    detail = f"{request.method} {request.path}"[:_LONGEST]
    if request.path.removesuffix(path) == "/rs/":
        return _told(request, "rs", EsiaFault(NO_CODE, "rs_path", detail), HTTPStatus.NOT_FOUND)
    return _told(request, "aas", EsiaFault(NO_CODE, "path_unknown", detail), HTTPStatus.NOT_FOUND)


def logout(request: HttpRequest) -> HttpResponse:
    """The same of `Logout`."""
    return _refused(request)


def _not_post(request: HttpRequest, endpoint: str) -> HttpResponse:
    """405; a POST that comes here failed before it could be answered."""
    if request.method == "POST":
        return _told(request, endpoint, EsiaFault("007008", "unavailable"), HTTPStatus.SERVICE_UNAVAILABLE)
    fault = EsiaFault("007038", "te_method", str(request.method))
    answer = _told(request, endpoint, fault, HTTPStatus.METHOD_NOT_ALLOWED)
    answer["Allow"] = "POST"
    return answer


def _told(request: HttpRequest, endpoint: str, fault: EsiaFault, status: HTTPStatus) -> HttpResponse:
    """To a browser a page, to a program JSON; in the sandbox a diagnosis of it is kept."""
    what, todo = advice.on(fault.code)
    address = ""
    if settings.SANDBOX and fault.esia_code != "007008":
        given = request.POST.get("client_id") or request.GET.get("client_id", "")
        report = {"parameters": sorted({*request.GET, *request.POST})[:50]}
        kept = diagnosis.record(endpoint, given[:100], fault, report)
        address = f"{settings.PORTAL_URL}/esia/console/{kept}/"
    if "text/html" in request.headers.get("Accept", ""):
        context = {"what": str(what).removesuffix("."), "todo": todo, "fault": fault, "diagnosis": address}
        answer = render(request, "esia/astray.html", context, status=status)
    else:
        words = fault.description if fault.esia_code else f"{what} {todo}"
        error = fault.error if fault.esia_code else "not_found"
        body = {"error": error, "error_description": words, "what": str(what), "advice": str(todo)}
        answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    if address:
        answer["X-Diagnosis"] = address
    return answer


def _refused(request: HttpRequest) -> HttpResponse:
    fault = request.META.get(FAULT)
    if fault is None:  # the endpoint did not answer: another method, or a database that failed
        failed = request.method in {"GET", "POST"}
        fault = EsiaFault("007008", "unavailable") if failed else EsiaFault("007038", "method")
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault.esia_code == "007008" else HTTPStatus.BAD_REQUEST
    address = request.META.get(DIAGNOSIS, "") if settings.SANDBOX else ""
    response = render(request, "esia/refused.html", {"fault": fault, "diagnosis": address}, status=status)
    if address:
        response["X-Diagnosis"] = address
    return response
