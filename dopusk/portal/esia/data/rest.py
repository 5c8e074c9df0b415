"""What a marker opens of a person or an organisation, in the shapes of the REST service (reference §6, §7).

Nothing here asks a database: elements come in, answers go out.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dopusk.portal.esia.scopes import SCOPES, Opens, Scope

Element = dict[str, Any]

COLLECTIONS: Final = ("ctts", "addrs", "docs", "kids", "vhls", "orgs", "roles")
EMBEDDED: Final = {
    "contacts": "ctts",
    "addresses": "addrs",
    "documents": "docs",
    "kids": "kids",
    "vehicles": "vhls",
    "organizations": "orgs",
    "roles": "roles",
}  # as `embed` names the collections of a person
SCHEMAS: Final = {
    "ctts": "prn/Contacts-1",
    "addrs": "prn/Addresses-1",
    "docs": "prn/Documents-1",
    "kids": "prn/Kids-1",
    "vhls": "prn/Vehicles-1",
    "orgs": "prn/Organizations-1",
    "roles": "prn/Roles-1",
}
RELATIONS: Final = {collection: name for name, collection in EMBEDDED.items()}
# fields of a person that some scope opens; the others say nothing about her
GUARDED: Final = frozenset(
    field
    for name, opens in SCOPES.items()
    if not opens.organisation and not name.startswith("kid_")
    for field in opens.fields
) | {"selfEmployed"}
_KID_FIELDS: Final = frozenset(
    field for name, opens in SCOPES.items() if name.startswith("kid_") for field in opens.fields
) | {"documents"}
_EMBED: Final = re.compile(r"\(([A-Za-z_.,\s]*)\)")


@dataclass(frozen=True)
class View:
    """Through what a person is looked at: the scopes of a marker about her."""

    scopes: tuple[Scope, ...]

    @property
    def _opens(self) -> list[tuple[str, Opens]]:
        return [(one.name, SCOPES[one.name]) for one in self.scopes if one.name in SCOPES]

    @property
    def fields(self) -> frozenset[str]:
        """Her own fields that are open."""
        own = {field for name, opens in self._opens if not name.startswith("kid_") for field in opens.fields}
        return frozenset(own)

    @property
    def collections(self) -> frozenset[str]:
        """Her collections that are open."""
        return frozenset(one for _, opens in self._opens for one in opens.collections)

    def elements(self, collection: str, elements: Sequence[Element]) -> list[Element]:
        """Those of an open collection that are open themselves: contacts and documents by type, children by field."""
        if collection == "kids":
            return [self._kid(one) for one in elements]
        if collection not in {"ctts", "docs"}:
            return list(elements)
        kinds = [
            opens.contacts if collection == "ctts" else opens.documents
            for _, opens in self._opens
            if collection in opens.collections
        ]
        return [one for one in elements if any(not allowed or one["type"] in allowed for allowed in kinds)]

    def _kid(self, kid: Element) -> Element:
        mine = [(name, opens) for name, opens in self._opens if "kids" in opens.collections]
        fields = {field for _, opens in mine for field in opens.fields}
        told = {name: value for name, value in kid.items() if name not in _KID_FIELDS or name in fields}
        everything = any(not name.startswith("kid_") for name, _ in mine)
        kinds = {kind for _, opens in mine for kind in opens.documents}
        documents = [
            one for one in kid.get("documents", {}).get("elements", []) if everything or one["type"] in kinds
        ]
        if kinds or everything:
            told["documents"] = listed([stamped(one) for one in documents])
        return told


def stamped(element: Element, *facts: str) -> Element:
    """An element with its `stateFacts` and `eTag`, which changes with whatever is told."""
    told = {"stateFacts": list(facts), **element} if facts else dict(element)
    return {**told, "eTag": tag(told)}


def tag(content: Any) -> str:
    """40 hex digits in capitals."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def listed(elements: Sequence[Any]) -> Element:
    """A collection: links or whole elements."""
    return stamped({"size": len(elements), "elements": list(elements)}, "hasSize")


def whole(collection: str, element: Element) -> Element:
    """One element as it stands alone or embedded."""
    facts = {"docs": ("EntityRoot",), "orgs": (), "roles": ()}.get(collection, ("Identifiable",))
    if collection == "roles":
        return {name: value for name, value in element.items() if name != "id"}
    return stamped(element, *facts)


def collection_of(
    collection: str, elements: Sequence[Element], address: str, *, embedded: bool, view: View
) -> Element:
    """A collection as links under its address or with its elements; `roles` always has them."""
    open_ones = view.elements(collection, elements)
    if collection == "roles" or embedded:
        return listed([whole(collection, one) for one in open_ones])
    return listed([f"{address}/{one['id']}" for one in open_ones])


def person(
    fields: Element, elements: dict[str, list[Element]], view: View, embed: Iterable[str], address: str
) -> Element:
    """The person herself, with the collections that `embed` names and her scopes open."""
    told = {name: value for name, value in fields.items() if name not in GUARDED or name in _also(view)}
    for path in embed:
        name, _, rest = path.partition(".")
        collection = EMBEDDED.get(name, "")
        if collection in view.collections:
            told[name] = collection_of(
                collection, elements[collection], f"{address}/{collection}",
                embedded=rest.startswith("elements"), view=view,
            )  # fmt: skip
    return stamped(told, "EntityRoot")


def _also(view: View) -> frozenset[str]:
    """`selfEmployed` goes with ИНН: it is kept by it."""
    return view.fields | ({"selfEmployed"} if "inn" in view.fields else set())


def embed(text: str) -> list[str]:
    """`(contacts.elements,addresses.elements)` → its paths; `()` and nonsense embed nothing (§10, 4)."""
    found = _EMBED.fullmatch(text.strip())
    return [part.strip() for part in found[1].split(",") if part.strip()] if found else []


def organisation(element: Element, scopes: Iterable[Scope]) -> Element:
    """An organisation by the fields that are open."""
    fields = {field for one in scopes for field in SCOPES[one.name].fields}
    told = {name: value for name, value in element.items() if name in fields and value}
    return stamped({"oid": element["oid"], **told, "isLiquidated": False}, "EntityRoot")


def missing_scope(collection: str) -> str:
    """The scopes any of which would open a collection of a person, for the diagnosis."""
    names = [
        name for name, opens in SCOPES.items() if collection in opens.collections and not opens.organisation
    ]
    return " | ".join(names)


def links(address: str, schema_root: str, open_ones: Iterable[str]) -> str:
    """The header Link of a person: her collections that are open, each with its schema."""
    return ", ".join(
        f'<{address}/{one}>;rel={RELATIONS[one]};schema="{schema_root}/{SCHEMAS[one]}"'
        for one in COLLECTIONS
        if one in open_ones
    )
