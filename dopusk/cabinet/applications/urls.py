"""`/applications/`: the list, a draft's steps, submission, status."""

from django.urls import path

from dopusk.cabinet.applications import step_views, submit_views, views

app_name = "applications"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<uuid:application_id>/", views.show, name="show"),
    path("<uuid:application_id>/steps/<slug:step>/", step_views.step, name="step"),
    path(
        "<uuid:application_id>/documents/<uuid:document_id>/remove/",
        step_views.remove_document,
        name="remove_document",
    ),
    path("<uuid:application_id>/submit/", submit_views.submit, name="submit"),
    path("<uuid:application_id>/signature/", submit_views.signature, name="signature"),
    path("<uuid:application_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:application_id>/copy/", views.copy, name="copy"),
    path("<uuid:application_id>/ticket/", views.ticket, name="ticket"),
]
