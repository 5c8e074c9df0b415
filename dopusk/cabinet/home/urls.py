"""Addresses of this slice."""

app_name = "home"
urlpatterns: list[object] = []
