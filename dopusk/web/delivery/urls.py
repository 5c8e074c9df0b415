"""`/sandbox/inbox/`."""

from django.urls import path

from dopusk.web.delivery import views

app_name = "delivery"
urlpatterns = [
    path("sandbox/inbox/", views.inbox, name="inbox"),
]
