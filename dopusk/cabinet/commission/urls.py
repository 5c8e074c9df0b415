"""The commission's sittings; a case is named by its sitting and its application."""

from django.urls import path

from dopusk.cabinet.commission import views

app_name = "commission"
urlpatterns = [
    path("", views.sittings, name="sittings"),
    path("convene/", views.convene, name="convene"),
    path("<int:sitting_id>/", views.sitting, name="sitting"),
    path("<int:sitting_id>/ticket/", views.ticket, name="ticket"),
    path("<int:sitting_id>/close/", views.close, name="close"),
    path("<int:sitting_id>/close/signature/", views.closing_signature, name="closing_signature"),
    path("<int:sitting_id>/protocol/", views.protocol, name="protocol"),
    path("<int:sitting_id>/applications/<uuid:application_id>/", views.case, name="case"),
    path("<int:sitting_id>/applications/<uuid:application_id>/vote/", views.vote, name="vote"),
    path("<int:sitting_id>/applications/<uuid:application_id>/postpone/", views.postpone, name="postpone"),
    path("<int:sitting_id>/applications/<uuid:application_id>/signature/", views.signature, name="signature"),
]
