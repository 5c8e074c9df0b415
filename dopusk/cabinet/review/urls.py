"""The registrar's desk; a case is named by its application."""

from django.urls import path

from dopusk.cabinet.review import decide_views, views

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("next/", views.take_next, name="take_next"),
    path("<uuid:application_id>/", views.card, name="card"),
    path("<uuid:application_id>/take/", views.take, name="take"),
    path("<uuid:application_id>/release/", views.release, name="release"),
    path("<uuid:application_id>/accept/", decide_views.accept, name="accept"),
    path("<uuid:application_id>/refuse/", decide_views.refuse, name="refuse"),
    path("<uuid:application_id>/signature/", decide_views.signature, name="signature"),
    path(
        "<uuid:application_id>/decision/signature/",
        decide_views.decision_signature,
        name="decision_signature",
    ),
]
