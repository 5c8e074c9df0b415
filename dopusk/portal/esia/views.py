"""Pages of the dialect: a request that cannot be answered by a redirect."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from dopusk.portal.esia.answers import DIAGNOSIS, FAULT
from dopusk.portal.esia.errors import EsiaFault


@csrf_exempt  # a system sends the person here; nothing is changed
def ac(request: HttpRequest) -> HttpResponse:
    """What is shown when `ac` names a system we do not know or an address it has not registered."""
    return _refused(request)


@csrf_exempt  # likewise
def ac_v2(request: HttpRequest) -> HttpResponse:
    """The same of `v2/ac`."""
    return _refused(request)


def logout(request: HttpRequest) -> HttpResponse:
    """The same of `Logout`."""
    return _refused(request)


def _refused(request: HttpRequest) -> HttpResponse:
    fault = request.META.get(FAULT)
    if fault is None:  # the endpoint did not answer: another method, or a database that failed
        failed = request.method in {"GET", "POST"}
        fault = EsiaFault("007008", "unavailable") if failed else EsiaFault("007038", "method")
    status = HTTPStatus.SERVICE_UNAVAILABLE if fault.esia_code == "007008" else HTTPStatus.BAD_REQUEST
    diagnosis = request.META.get(DIAGNOSIS, "") if settings.SANDBOX else ""
    response = render(request, "esia/refused.html", {"fault": fault, "diagnosis": diagnosis}, status=status)
    if diagnosis:
        response["X-Diagnosis"] = diagnosis
    return response
