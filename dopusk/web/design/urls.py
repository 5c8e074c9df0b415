"""Addresses of the design's own pages."""

from django.urls import path

from dopusk.web.design import views

app_name = "design"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("review/", views.review, name="review"),
]
