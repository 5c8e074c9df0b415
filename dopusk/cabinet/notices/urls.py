"""The person's list of notices."""

from django.urls import path

from dopusk.cabinet.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.show, name="show"),
    path("read/", views.read_all, name="read_all"),
    path("<int:notice_id>/", views.follow, name="follow"),
]
