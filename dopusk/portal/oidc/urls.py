"""`/oidc/`: pages; the endpoints themselves stand before Django, in endpoints.ROUTES."""

from django.urls import path

from dopusk.portal.oidc import views

app_name = "oidc"
urlpatterns = [
    path("authorize", views.authorize, name="authorize"),
    path("logout", views.logout, name="logout"),
    path("logout/confirm/", views.confirm, name="confirm"),
]
