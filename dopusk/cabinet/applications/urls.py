"""Addresses of this slice."""

app_name = "applications"
urlpatterns: list[object] = []
