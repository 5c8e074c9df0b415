"""`/`, `/notices/` and `/journal/…`."""

from django.urls import path

from dopusk.portal.home import journal_views, views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("notices/", views.notices, name="notices"),
    path("journal/", journal_views.journal, name="journal"),
    path("journal/export/", journal_views.export_journal, name="export_journal"),
    path("journal/<int:number>/not-me/", journal_views.not_me, name="not_me"),
]
