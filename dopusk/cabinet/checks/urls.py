"""Addresses of this slice."""

app_name = "checks"
urlpatterns: list[object] = []
