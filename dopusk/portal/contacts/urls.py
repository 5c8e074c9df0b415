"""`/contacts/`: her telephone and her mail."""

from django.urls import path

from dopusk.portal.contacts import views

app_name = "contacts"
urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("phone/", views.phone, name="phone"),
    path("phone/code/", views.phone_code, name="phone_code"),
    path("phone/again/", views.phone_again, name="phone_again"),
    path("email/", views.email, name="email"),
    path("email/again/", views.email_again, name="email_again"),
    path("email/<str:token>/", views.confirm, name="confirm"),
    path("cancel/<str:kind>/", views.cancel, name="cancel"),
    path("remove/<str:kind>/", views.remove, name="remove"),
]
