"""`/desk/people/…` and `/desk/deliveries/…`."""

from django.urls import path

from dopusk.portal.support import delivery_views, views

app_name = "support"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.new, name="new"),
    path("people/<uuid:sub>/", views.person, name="person"),
    path("people/<uuid:sub>/journal/", views.journal, name="journal"),
    path("people/<uuid:sub>/unlock/", views.unlock, name="unlock"),
    path("people/<uuid:sub>/lock/", views.lock, name="lock"),
    path("people/<uuid:sub>/order-password/", views.order_password, name="order_password"),
    path("people/<uuid:sub>/end-sessions/", views.end_sessions, name="end_sessions"),
    path("people/<uuid:sub>/take-factors/", views.take_factors, name="take_factors"),
    path("people/<uuid:sub>/send-password/", views.send_password, name="send_password"),
    path("deliveries/", delivery_views.deliveries, name="deliveries"),
    path("deliveries/<uuid:letter_id>/", delivery_views.letter, name="letter"),
]
