"""`/signin/`: to the portal, back from it, and out."""

from django.urls import path

from dopusk.cabinet.signin import views

app_name = "signin"
urlpatterns = [
    path("", views.begin, name="begin"),
    path("callback/", views.callback, name="callback"),
    path("backchannel/", views.backchannel, name="backchannel"),
    path("alive/", views.alive, name="alive"),
    path("leave/", views.leave, name="leave"),
    path("signed-out/", views.signed_out, name="signed_out"),
]
