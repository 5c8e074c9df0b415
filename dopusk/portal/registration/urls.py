"""`/registration/`, step by step."""

from django.urls import path

from dopusk.portal.registration import views

app_name = "registration"
urlpatterns = [
    path("", views.start, name="start"),
    path("consent/", views.consent, name="consent"),
    path("about/", views.about, name="about"),
    path("code/", views.phone_code, name="phone_code"),
    path("code/again/", views.code_again, name="code_again"),
    path("taken/", views.taken, name="taken"),
    path("password/", views.password, name="password"),
    path("done/", views.done, name="done"),
    path("email/<str:token>/", views.email, name="email"),
]
