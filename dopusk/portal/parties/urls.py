"""`/desk/services/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from dopusk.portal.clients.rules import CLIENT_ID
from dopusk.portal.parties import dialect_views, views


class ClientId(StringConverter):
    """As clients may be called."""

    regex = CLIENT_ID.pattern


register_converter(ClientId, "client_id")

app_name = "parties"
urlpatterns = [
    path("services/", views.list_, name="list"),
    path("services/new/", views.add, name="add"),
    path("services/of/<client_id:client_id>/", views.service, name="service"),
    path("services/of/<client_id:client_id>/change/", views.change, name="change"),
    path("services/of/<client_id:client_id>/secret/", views.secret, name="secret"),
    path("services/of/<client_id:client_id>/disable/", views.disable, name="disable"),
    path("services/of/<client_id:client_id>/enable/", views.enable, name="enable"),
    path("services/of/<client_id:client_id>/esia/", dialect_views.esia, name="esia"),
    path(
        "services/of/<client_id:client_id>/esia/<int:number>/", dialect_views.certificate, name="certificate"
    ),
]
