"""The first page and what the portal told the person."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dopusk.portal.accounts.models import Account
from dopusk.portal.home import standing, telling, words
from dopusk.portal.notices import actions as notices_actions
from dopusk.portal.notices.models import Notice
from dopusk.portal.oidc import backchannel
from dopusk.portal.operators.access import rights_here
from dopusk.portal.profile.words import LEVELS
from dopusk.portal.sessions.access import Person, current, person_required
from dopusk.web.journal.models import Entry

A_PAGE, A_FEW = 25, 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What wants attention, services, the latest of the journal; a stranger sees what the portal is."""
    person = current(request)
    if person is None:
        return render(request, "home/welcome.html", {"may_register": leads("/registration/")})
    account = Account.objects.get(pk=person.sub)
    stands = standing.of(account, person.amr)
    context = {
        "who": person,
        "level": LEVELS[account.level],
        "attention": [_item(code) for code in stands.attention if code != "look"],
        "asked": "look" in stands.attention,
        "cooling_until": stands.cooling_until,
        "unread": Notice.objects.unread(person.sub).count(),
        "silent": [_(name) for name in backchannel.silent(person.sub, person.sid)],
        "desk": bool(rights_here(request)) and leads("/desk/"),
        "latest": [telling.tell(one, person.sub) for one in Entry.objects.about(str(person.sub))[:A_FEW]],
    }
    return render(request, "home/home.html", context)


@require_safe
@person_required
def notices(request: HttpRequest, person: Person) -> HttpResponse:
    """What happened to her account, newest first; shown once, a notice counts as read."""
    page = Paginator(Notice.objects.of(person.sub), A_PAGE).get_page(request.GET.get("page"))
    rows = [{"notice": one, "new": one.read_at is None} for one in page]
    fresh = [one.pk for one in page if one.read_at is None]
    response = render(request, "home/notices.html", {"page": page, "rows": rows})
    if fresh and request.method == "GET":
        notices_actions.read(person.sub, fresh)
    return response


def leads(path: str) -> bool:
    """Whether an address of another slice is there."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _item(code: str) -> dict[str, object]:
    kind, title, text, url, label = words.ATTENTION[code]
    return {"code": code, "kind": kind, "title": title, "text": text, "url": url, "label": label}
