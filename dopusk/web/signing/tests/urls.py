"""A page of the tests where Анна signs: what a site's own slice does in three steps."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from dopusk.web.signing import actions, pages, sessions, uploads
from dopusk.web.signing.actions import Act

ACT = Act(
    "application",
    "application:17",
    "Заявление о периодической аккредитации",
    ("Фамилия, имя, отчество: Орлова Анна Сергеевна", "Специальность: Сестринское дело", "Часов: 144"),
)
PAGE = """{% extends "design/page.html" %}{% block title %}Подписание{% endblock %}
{% block heading %}Подпишите заявление{% endblock %}
{% block content %}{% include "signing/parts/sign.html" with button="Отправить заявление" %}{% endblock %}"""
DONE = """{% extends "design/page.html" %}{% block heading %}Принято{% endblock %}"""


def sign(request: HttpRequest) -> HttpResponse:
    """Ask; examine; keep."""
    if not request.session.session_key:
        request.session.create()
    challenge, code, why = None, "", ""
    if request.method == "POST":
        examined = uploads.examined(request, ACT.purpose, ACT.object_key, lines=ACT.lines)
        challenge, code, why = pages.again(examined), examined.code, examined.why
        if examined.good:
            try:
                with transaction.atomic():
                    actions.keep(examined)
            except actions.Spent as spent:
                challenge, code = None, spent.code
            else:
                return HttpResponse(engines["django"].from_string(DONE).render({}, request))
    challenge = challenge or actions.ask(
        ACT, session=sessions.of(request), owner="anna", origin=sessions.origin(request)
    )
    context = {"signing": pages.page(challenge, code=code, why=why)}
    return HttpResponse(
        engines["django"].from_string(PAGE).render(context, request), status=422 if code else 200
    )


urlpatterns = [
    path("", sign),
    path("signing/", include("dopusk.web.signing.urls")),
    path("design/", include("dopusk.web.design.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
