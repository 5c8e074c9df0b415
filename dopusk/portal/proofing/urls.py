"""`/proofing/` for the person, `/desk/review/` and `/desk/confirmations/` for operators."""

from django.urls import path

from dopusk.portal.proofing import desk_views, standing_views, views

app_name = "proofing"
urlpatterns = [
    path("proofing/", views.overview, name="overview"),
    path("proofing/data/", views.data, name="data"),
    path("proofing/draft/", views.draft, name="draft"),
    path("proofing/questions/", views.questions, name="questions"),
    path("proofing/questions/open/", views.open_questions, name="open_questions"),
    path("proofing/operator/", views.leave_to_operator, name="leave_to_operator"),
    path("proofing/cancel/", views.cancel, name="cancel"),
    path("proofing/missing/", views.missing, name="missing"),
    path("proofing/appeal/", standing_views.appeal, name="appeal"),
    path("desk/review/", desk_views.queue, name="queue"),
    path("desk/review/<uuid:attempt_id>/", desk_views.card, name="card"),
    path("desk/review/<uuid:attempt_id>/scan/", desk_views.scan, name="scan"),
    path("desk/review/<uuid:attempt_id>/take/", desk_views.take, name="take"),
    path("desk/review/<uuid:attempt_id>/release/", desk_views.release, name="release"),
    path("desk/review/<uuid:attempt_id>/approve/", desk_views.approve, name="approve"),
    path("desk/review/<uuid:attempt_id>/refuse/", desk_views.refuse, name="refuse"),
    path("desk/confirmations/", standing_views.find, name="find"),
    path("desk/confirmations/<uuid:sub>/", standing_views.confirmation, name="confirmation"),
    path("desk/confirmations/<uuid:sub>/suspend/", standing_views.suspend, name="suspend"),
    path("desk/confirmations/<uuid:sub>/withdraw/", standing_views.withdraw, name="withdraw"),
    path("desk/confirmations/<uuid:sub>/restore/", standing_views.restore, name="restore"),
    path("desk/confirmations/<uuid:sub>/appeal/", standing_views.judge, name="judge"),
]
