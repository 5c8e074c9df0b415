"""The gallery: every component with realistic content, for eyes and for axe. Sandbox only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from dopusk.web.design import examples


def _in_sandbox_only() -> None:
    if not settings.SANDBOX:
        raise Http404


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    _in_sandbox_only()
    today = timezone.localdate()
    return render(
        request,
        "design/gallery.html",
        {
            "person": "Орлова Анна",
            "signout_url": "#",
            "nav": [
                {"url": "#", "label": "Главная", "current": False},
                {"url": "#", "label": "Мои заявления", "current": True},
                {"url": "#", "label": "Мои данные", "current": False},
                {"url": "#", "label": "Уведомления", "current": False},
                {"url": "#", "label": "Журнал", "current": False},
            ],
            "empty_form": examples.Application(prefix="empty"),
            "form": examples.filled(),
            "steps": examples.STEPS,
            "facts": examples.FACTS,
            "journey": examples.JOURNEY,
            "queue": examples.QUEUE,
            "list_page": examples.page(),
            "terms": examples.terms(today),
            "today": today,
            "crumbs": [{"url": "#", "label": "Главная"}, {"url": "#", "label": "Мои заявления"}],
        },
    )


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """The registrar's desk: queue, document, findings."""
    _in_sandbox_only()
    return render(
        request,
        "design/gallery_review.html",
        {
            "person": "Павлова Галина",
            "signout_url": "#",
            "nav": [{"url": "#", "label": "Очередь", "current": True}],
            "queue": examples.QUEUE,
        },
    )
