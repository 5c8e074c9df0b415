"""The page a link in a letter to a new address leads to: of contacts, and of registration."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dopusk.portal.contacts import actions
from dopusk.portal.contacts.actions import Done, Taken


def confirmation(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    """GET shows a button and changes nothing; POST confirms. Whoever has the letter has the address, so an address of
    another account may be told here."""
    link = actions.look_at_link(token, purpose)
    answer = actions.confirm_email(token, purpose) if link and request.method == "POST" else None
    if isinstance(answer, Done):
        return render(request, "contacts/confirmed.html", {"to": answer.to})
    if link is None or (request.method == "POST" and answer is None):
        return render(request, "contacts/link_over.html", {"code": "link_over"}, status=HTTPStatus.GONE)
    if isinstance(answer, Taken):
        context = {"kind": "email", "to": answer.to}
        return render(request, "contacts/taken.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if actions.is_taken("email", link.to, but=link.sub):
        return render(request, "contacts/taken.html", {"kind": "email", "to": link.to})
    return render(request, "contacts/confirm.html", {"to": link.to, "path": request.path})
