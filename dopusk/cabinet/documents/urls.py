"""Addresses of this slice."""

app_name = "documents"
urlpatterns: list[object] = []
