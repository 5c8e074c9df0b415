"""The first page and the person's own journal."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dopusk.portal.accounts.models import Identifier
from dopusk.portal.home import rules
from dopusk.portal.sessions.access import Person, current, person_required
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.models import Entry

A_PAGE, A_FEW = 25, 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What wants attention, services, the latest of the journal; a stranger sees what the portal is."""
    person = current(request)
    if person is None:
        return render(request, "home/welcome.html")
    unverified = Identifier.objects.filter(
        account_id=person.sub, kind__in=["phone", "email"], verified_at=None
    ).values_list("kind", flat=True)
    context = {
        "who": person,
        "attention": rules.wants_attention(person.level, frozenset(unverified)),
        "latest": [_row(one) for one in Entry.objects.about(str(person.sub))[:A_FEW]],
    }
    return render(request, "home/home.html", context)


@require_safe
@person_required
def journal(request: HttpRequest, person: Person) -> HttpResponse:
    """«Журнал активности»: what she did and what was done about her, newest first."""
    entries = Paginator(Entry.objects.about(str(person.sub)), A_PAGE)
    page = entries.get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_row(one) for one in page], "sid": str(person.sid)}
    return render(request, "home/journal.html", context)


def _row(entry: Entry) -> dict[str, object]:
    return {"entry": entry, "words": SENTENCES.say(entry.words)}
