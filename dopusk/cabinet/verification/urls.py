"""`/verify/` the form; `/verify/<number>?code=…` the answer, to people as a page and to machines as JSON."""

from django.urls import path, re_path

from dopusk.cabinet.verification import views

app_name = "verification"
urlpatterns = [
    path("", views.ask, name="ask"),
    re_path(r"^(?P<number>[^/]+)/?$", views.answer, name="answer"),
]
