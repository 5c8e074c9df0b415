"""`/signing/`: the same on every site where people sign."""

from django.urls import path

from dopusk.web.signing import views

app_name = "signing"
urlpatterns = [
    path("help/", views.help, name="help"),
    path("<uuid:challenge_id>/content/", views.content, name="content"),
]
