"""`/rs/`, and in the sandbox `/sandbox/`; what answers before Django is in endpoints.ROUTES."""

from django.urls import path

from dopusk.portal.esia import views
from dopusk.portal.esia.console import views as console_views
from dopusk.portal.esia.data import views as rest_views
from dopusk.portal.esia.sandbox import views as sandbox_views

app_name = "esia"
urlpatterns = [
    path("aas/oauth2/ac", views.ac, name="ac"),
    path("aas/oauth2/v2/ac", views.ac_v2, name="ac_v2"),
    path("aas/oauth2/te", views.te, name="te"),
    path("aas/oauth2/v3/te", views.te_v3, name="te_v3"),
    path("idp/ext/Logout", views.logout, name="logout"),
    path("rs/prns/<path:path>", rest_views.prns, name="prns"),
    path("rs/orgs/<path:path>", rest_views.orgs, name="orgs"),
    path("esia/console/", console_views.console, name="console"),
    path("esia/console/<uuid:identifier>/", console_views.console_diagnosis, name="console_diagnosis"),
    path("sandbox/people/", sandbox_views.people, name="people"),
    path("sandbox/esia.pem", sandbox_views.certificate, name="certificate"),
    path("sandbox/esia.pub", sandbox_views.public_key, name="public_key"),
    path("aas/<path:path>", views.astray, name="astray"),
    path("rs/<path:path>", views.astray, name="astray"),
]
