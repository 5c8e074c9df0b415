"""`/profile/…` and the operator's `/desk/names/…`."""

from django.urls import path

from dopusk.portal.profile import desk_views, document_views, leaving_views, name_views, views

app_name = "profile"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/look/", views.look, name="look"),
    path("profile/personal/<str:field>/", views.personal, name="personal"),
    path("profile/documents/", document_views.documents, name="documents"),
    path("profile/documents/<uuid:document_id>/", document_views.document, name="document"),
    path(
        "profile/documents/<uuid:document_id>/remove/", document_views.remove_document, name="remove_document"
    ),
    path("profile/name/", name_views.name_change, name="name_change"),
    path("profile/name/withdraw/", name_views.withdraw_name, name="withdraw_name"),
    path("profile/export/", leaving_views.export_, name="export"),
    path("profile/close/", leaving_views.close, name="close"),
    path("profile/<str:section>/add/", views.add, name="add"),
    path("profile/<str:section>/<uuid:fact_id>/", views.change, name="change"),
    path("profile/<str:section>/<uuid:fact_id>/remove/", views.remove, name="remove"),
    path("profile/<str:section>/<uuid:fact_id>/<str:field>/", views.change_field, name="change_field"),
    path("desk/names/", desk_views.names, name="names"),
    path("desk/names/<uuid:change_id>/", desk_views.name, name="name"),
    path("desk/names/<uuid:change_id>/document/", desk_views.name_document, name="name_document"),
]
