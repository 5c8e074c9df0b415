"""Addresses of this slice."""

app_name = "specialists"
urlpatterns: list[object] = []
