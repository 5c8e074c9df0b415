"""The REST service of the dialect: `/rs/prns/{oid}…` and `/rs/orgs/{oid}…` (reference §1, §6, §7)."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.data import bearer, portrait, rest
from dopusk.portal.esia.data.bearer import FORBIDDEN, Holder
from dopusk.portal.esia.errors import NO_CODE, EsiaFault
from dopusk.portal.esia.sandbox.people_data import ORGANISATIONS
from dopusk.portal.esia.scopes import SCOPES

log = logging.getLogger(__name__)

_SCHEMA: Final = re.compile(r'application/json\s*;\s*schema="?([^",;\s]{1,300})"?')
_OID: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Asked:
    """A request once its marker is known good. steps: the parts of the path after `prns` or `orgs`."""

    request: HttpRequest
    holder: Holder
    root: str
    steps: list[str]

    @property
    def host(self) -> str:
        """Scheme and host as the client called them: links begin so."""
        return f"{self.request.scheme}://{self.request.get_host()}"

    @property
    def address(self) -> str:
        """The address of what is asked, without slash at the end."""
        return "/".join([f"{self.host}/rs/{self.root}", *self.steps])

    @property
    def embed(self) -> list[str]:
        """The paths of `embed`."""
        return rest.embed(self.request.GET.get("embed", ""))

    @property
    def embeds_elements(self) -> bool:
        """Whether a collection is asked for with its elements."""
        return any(path.startswith("elements") for path in self.embed)


@require_safe
def prns(request: HttpRequest, path: str) -> HttpResponse:
    """A person, her collections, one element of them."""
    return _answered(request, "prns", path, _person)


@require_safe
def orgs(request: HttpRequest, path: str) -> HttpResponse:
    """An organisation, its collections, its people, its groups."""
    return _answered(request, "orgs", path, _organisation)


def _answered(
    request: HttpRequest, root: str, path: str, find: Callable[[Asked], HttpResponse | EsiaFault]
) -> HttpResponse:
    holder = bearer.holder(request)
    if isinstance(holder, EsiaFault):
        return _refused(request, holder, client_id=bearer.claimed(bearer.given(request)).get("client_id", ""))
    steps = path.removesuffix("/").split("/")
    asked = Asked(request, holder, root, [step for step in steps if step])
    doubled = "" in steps and not holder.lenient  # §10, 5
    found = find(asked) if asked.steps and not doubled else _nothing("doubled slash" if doubled else "oid")
    if isinstance(found, EsiaFault):
        return _refused(
            request, found, client_id=holder.client_id, scopes=[str(one) for one in holder.scopes]
        )
    if settings.SANDBOX and found.status_code == HTTPStatus.OK:
        diagnosis.record("rs", holder.client_id, None, {"path": request.path})
    return found


# ── people ──


def _person(asked: Asked) -> HttpResponse | EsiaFault:
    holder, (oid, *rest_of_path) = asked.holder, asked.steps
    if not _OID.fullmatch(oid):
        return _nothing("oid")
    if int(oid) != holder.oid:
        return EsiaFault(FORBIDDEN, "rs_person", f"oid={oid}")
    shown, view = portrait.of(holder.sub), rest.View(tuple(holder.of_person()))
    match rest_of_path:
        case []:
            body = rest.person(shown.fields, shown.elements, view, asked.embed, asked.address)
            answer = _json(asked, body, "prn/Person-3")
            if view.collections:
                answer["Link"] = rest.links(asked.address, f"{asked.host}/rs/model", view.collections)
            return answer
        case [name] | [name, _] if name not in rest.COLLECTIONS:
            return _nothing("collection")
        case [name] | [name, _] if name not in view.collections:
            return EsiaFault(FORBIDDEN, "rs_scope", rest.missing_scope(name))
        case [name]:
            elements = shown.elements[name]
            body = rest.collection_of(
                name, elements, asked.address, embedded=asked.embeds_elements, view=view
            )
            return _json(asked, body, rest.SCHEMAS[name])
        case [name, identifier]:
            found = [one for one in shown.elements[name] if str(one.get("id")) == identifier]
            return _element(asked, name, found, view)
    return _nothing("path")


def _element(asked: Asked, name: str, found: list[rest.Element], view: rest.View) -> HttpResponse | EsiaFault:
    open_ones = view.elements(name, found)
    if found and not open_ones:
        return EsiaFault(FORBIDDEN, "rs_scope", f"{rest.missing_scope(name)} ({found[0].get('type', '')})")
    return _json(asked, rest.whole(name, open_ones[0]), "") if open_ones else _nothing("element")


# ── organisations ──


def _organisation(asked: Asked) -> HttpResponse | EsiaFault:
    oid, *rest_of_path = asked.steps
    known = ORGANISATIONS.get(int(oid)) if settings.SANDBOX and _OID.fullmatch(oid) else None
    scopes = asked.holder.of_organisation(int(oid)) if _OID.fullmatch(oid) else []
    if not scopes:
        return EsiaFault(FORBIDDEN, "rs_scope", f"org_…?org_oid={oid}")
    if known is None:
        return _nothing("organisation")
    match rest_of_path:
        case []:
            return _json(asked, rest.organisation(known, scopes), "org/Organization-1")
        case [("ctts" | "addrs") as name, *identifier] if len(identifier) <= 1:
            if not any(name in SCOPES[one.name].collections for one in scopes):
                return EsiaFault(FORBIDDEN, "rs_scope", f"org_{name}?org_oid={oid}")
            return _listed(asked, known[name], "".join(identifier))
        case ["emps", *further]:
            return _employees(asked, int(oid), known, further)
        case ["grps", mnemonic]:
            found = [one for one in known["grps"] if one["grp_id"] == mnemonic]
            return _json(asked, _group(found[0]), "") if found else _nothing("group")
    return _nothing("path")


def _employees(asked: Asked, org: int, known: rest.Element, further: list[str]) -> HttpResponse | EsiaFault:
    employees = portrait.employees(org)
    match further:
        case []:
            return _listed(asked, employees, "")
        case [person]:
            return _listed(asked, employees, person)
        case [person, "grps"] if any(str(one["prnOid"]) == person for one in employees):
            groups = [one for one in known["grps"] if int(person) in one["members"]]
            if asked.embeds_elements:
                return _json(asked, rest.listed([_group(one) for one in groups]), "")
            root = f"{asked.host}/rs/orgs/{org}/grps"
            return _json(asked, rest.listed([f"{root}/{one['grp_id']}" for one in groups]), "")
    return _nothing("path")


def _group(group: rest.Element) -> rest.Element:
    return rest.stamped({name: value for name, value in group.items() if name != "members"})


def _listed(asked: Asked, elements: list[rest.Element], identifier: str) -> HttpResponse | EsiaFault:
    """A collection of an organisation, or one element of it by its number; those without one are counted."""
    numbered = [{"id": place, **one} for place, one in enumerate(elements, start=1)]
    if identifier:
        found = [one for one in numbered if str(one["id"]) == identifier]
        return _json(asked, rest.stamped(found[0], "Identifiable"), "") if found else _nothing("element")
    if asked.embeds_elements:
        return _json(asked, rest.listed([rest.stamped(one, "Identifiable") for one in numbered]), "")
    return _json(asked, rest.listed([f"{asked.address}/{one['id']}" for one in numbered]), "")


# ── answers ──


def _json(asked: Asked, body: rest.Element, schema: str) -> HttpResponse:
    """The answer in the schema that was asked for, or in its own; ETag as the body has it."""
    wanted = _SCHEMA.search(asked.request.headers.get("Accept", ""))
    named = wanted[1] if wanted else (f"{asked.host}/rs/model/{schema}" if schema else "")
    kind = f'application/json; schema="{named}"' if named else "application/json"
    answer = _plain(body, HTTPStatus.OK, kind)
    answer["ETag"] = body["eTag"] if "eTag" in body else rest.tag(body)
    return answer


def _refused(request: HttpRequest, fault: EsiaFault, *, client_id: str, **report: Any) -> HttpResponse:
    """401, 403 or 404 as the real service answers, with the reason kept for the integrator."""
    if fault.esia_code == NO_CODE:
        answer = _plain({"code": "notFound", "message": fault.detail}, HTTPStatus.NOT_FOUND)
        return _noted(answer, request, replace(fault, detail=request.path), client_id, report)
    expired = fault.esia_code == bearer.EXPIRED
    status = HTTPStatus.UNAUTHORIZED if expired else HTTPStatus.FORBIDDEN
    answer = _plain({"code": f"ESIA-{fault.esia_code}", "message": fault.words}, status)
    answer["WWW-Authenticate"] = f'Bearer error="{fault.error}"'
    return _noted(answer, request, fault, client_id, report)


def _noted(
    answer: HttpResponse, request: HttpRequest, fault: EsiaFault, client_id: str, report: dict[str, Any]
) -> HttpResponse:
    """The answer, its reason kept; in the sandbox with the address of the diagnosis."""
    log.info("esia rs refused: %s %s", fault.esia_code, fault.code)
    kept = diagnosis.record("rs", client_id[:100], fault, {"path": request.path, **report})
    if settings.SANDBOX:
        answer["X-Diagnosis"] = f"{settings.PORTAL_URL}/esia/console/{kept}/"
    return answer


def _nothing(what: str) -> EsiaFault:
    """No such address; a code of the real service for it is not known."""
    return EsiaFault(NO_CODE, "rs_element" if what in {"element", "group"} else "rs_path", what)


def _plain(body: rest.Element, status: HTTPStatus, kind: str = "application/json") -> HttpResponse:
    answer = JsonResponse(body, status=status, content_type=kind, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer
