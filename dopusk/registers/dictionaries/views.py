"""Dictionaries over HTTP, cheap to ask again: an ETag of version and day."""

import json
from datetime import date
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from dopusk.registers.dictionaries.models import Dictionary, Entry
from dopusk.registers.dictionaries.rules import Name
from dopusk.registers.problems import Problem


@lru_cache(maxsize=64)
def _body(name: Name, version: str, on: date | None) -> bytes:
    """The answer; a version never changes its rows, so it is made once a process."""
    entries = Entry.objects.filter(dictionary=str(name))
    rows = entries if on is None else entries.holding(on)
    items = list(rows.order_by("place").values_list("item", flat=True))
    return json.dumps({"version": version, "items": items}, ensure_ascii=False).encode()


def read(request: HttpRequest, name: Name, on: date | None = None) -> HttpResponse:
    """Rows in force on the day `on`; without it every row, past and coming ones too. 304 when nothing changed."""
    dictionary = Dictionary.objects.filter(name=str(name)).first()
    if dictionary is None:
        raise Problem(503, "dictionary_not_loaded", "Справочник ещё не загружен")
    etag = f'"{dictionary.version}-{on or "all"}"'
    asked = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
    if etag in asked or "*" in asked:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_body(name, dictionary.version, on), content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
