"""The components of our pages: `{% load design %}`. Each draws one template of `design/parts/`.

Words that come in are escaped; only the content between a block tag and its end is markup.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from dopusk.kernel import phone as phone_number
from dopusk.kernel import snils as snils_number
from dopusk.kernel import trace, workdays
from dopusk.kernel.invalid import Invalid
from dopusk.web.design import term

register = template.Library()

COLOURS = frozenset({"grey", "blue", "green", "yellow", "red"})
OUTCOMES = {"passed": "green", "failed": "red", "unknown": "yellow"}


def _whole(value: Any) -> int:
    return int(value or 0)


@register.simple_tag
def button(text: str, kind: str = "primary", name: str = "", value: str = "", hint_id: str = "") -> str:
    """A button that submits its form. kind: primary, secondary or warning."""
    return render_to_string(
        "design/parts/button.html",
        {"text": text, "kind": kind, "name": name, "value": value, "hint_id": hint_id},
    )


@register.simple_tag
def link_button(url: str, text: str, kind: str = "primary") -> str:
    """A link to the next step that looks like a button."""
    return render_to_string("design/parts/link_button.html", {"url": url, "text": text, "kind": kind})


@register.simple_tag
def tag(text: str, colour: str = "grey") -> SafeString:
    """A status word. colour: grey, blue, green, yellow, red."""
    return format_html(
        '<strong class="govuk-tag dk-tag dk-tag--{}">{}</strong>',
        colour if colour in COLOURS else "grey",
        text,
    )


@register.inclusion_tag("design/parts/error_summary.html")
def error_summary(*given: forms.BaseForm | None) -> dict[str, Any]:
    """What has to be mended in these forms, each line a link to its field; nothing when all is well."""
    lines: list[dict[str, str]] = []
    for form in given:
        if form is None or not form.is_bound:
            continue
        lines += [{"text": str(text), "anchor": ""} for text in form.non_field_errors()]
        for field in form:
            anchor = "" if field.is_hidden else getattr(field, "anchor", field.auto_id)
            label = str(field.label)
            named = f"{label} " if label.endswith(("?", ".", ":")) else f"{label}: "
            lines += [{"text": f"{named}{text}", "anchor": anchor} for text in field.errors]
    return {"lines": lines}


@register.inclusion_tag("design/parts/task_list.html")
def task_list(items: Iterable[Any], name: str = "step") -> dict[str, Any]:
    """Steps with their state. items: {title, url, hint, status, colour}; name: prefix of ids on this page."""
    return {"items": list(items), "name": name}


@register.inclusion_tag("design/parts/summary_list.html")
def summary_list(rows: Iterable[Any]) -> dict[str, Any]:
    """Known facts. rows: {key, value, action_url, action_label, source}; only key and value are a must."""
    listed = list(rows)
    acted = any(_part(row, "action_url") for row in listed)
    return {"rows": listed, "acted": acted}


def _part(item: Any, name: str) -> Any:
    """A part of a row that may be a dict or an object, as templates take it."""
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


@register.inclusion_tag("design/parts/finding.html")
def finding(
    outcome: str,
    title: str,
    evidence: str = "",
    norm: str = "",
    remedy: str = "",
    url: str = "",
    label: str = "",
    word: str = "",
) -> dict[str, Any]:
    """One checked rule. outcome: passed, failed or unknown; url with label: where it can be mended.

    word: what the tag says instead of its own word for the outcome.
    """
    if outcome not in OUTCOMES:
        raise template.TemplateSyntaxError(f"finding: no outcome {outcome!r}")
    return {
        "outcome": outcome,
        "colour": OUTCOMES[outcome],
        "title": title,
        "evidence": evidence,
        "norm": norm,
        "remedy": remedy,
        "url": url,
        "label": label,
        "said": word,
    }


@register.inclusion_tag("design/parts/timeline.html")
def timeline(steps: Iterable[Any]) -> dict[str, Any]:
    """A journey downwards. steps: {title, when, state, who, text}; state: past, now or future."""
    return {"steps": list(steps)}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> str:
    """Something to know about this page. kind: info, success, warning or error (read out at once)."""
    return render_to_string("design/parts/notice.html", {"content": content, "kind": kind, "title": title})


@register.simple_block_tag
def empty(content: str) -> str:
    """In place of a list without rows: what will be here and how it gets here."""
    return render_to_string("design/parts/empty.html", {"content": content})


@register.inclusion_tag("design/parts/term_bar.html")
def term_bar(start: dt.date, end: dt.date, today: dt.date | None = None) -> dict[str, Any]:
    """The term of an accreditation with its years and today on it."""
    return {"bar": term.draw(start, end, today or timezone.localdate())}


@register.inclusion_tag("design/parts/meter.html")
def meter(label: str, have: int, need: int, total: int, words: str = "") -> dict[str, Any]:
    """How many of a number are there, and how many are needed: a quorum, hours of training."""
    return {"label": label, "have": have, "need": need, "total": total, "words": words}


@register.inclusion_tag("design/parts/problem.html")
def problem(
    what: str, why: str = "", todo: str = "", url: str = "", label: str = "", code: str = ""
) -> dict[str, Any]:
    """An error in three sentences, the way out, then small the code and the trace id."""
    return {
        "what": what,
        "why": why,
        "todo": todo,
        "url": url,
        "label": label,
        "code": code,
        "trace_id": trace.current(),
    }


@register.inclusion_tag("design/parts/paging.html", takes_context=True)
def paging(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the pages of a list; keeps the other parts of the query. Nothing for a single page."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            links.append({"number": number, "url": _page_url(query, number)})
        else:
            links.append({"number": None, "url": ""})
    return {
        "page": page,
        "links": links,
        "previous": _page_url(query, page.number - 1),
        "next": _page_url(query, page.number + 1),
    }


def _page_url(query: Any, number: int) -> str:
    if query is None:
        return f"?page={number}"
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def trace_id() -> str:
    """The trace id of this answer, for pages that have no context."""
    return trace.current()


class WrapNode(Node):
    """An element around its content, and nothing at all if the content is blank."""

    def __init__(self, parts: list[FilterExpression], nodelist: NodeList) -> None:
        self.parts = parts
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """The element, or an empty text."""
        content = SafeString(self.nodelist.render(context).strip())
        if not content:
            return SafeString("")
        element, css, *label = (part.resolve(context) for part in self.parts)
        named = format_html(' aria-label="{}"', label[0]) if label else ""
        return format_html('<{} class="{}"{}>{}</{}>', element, css, named, content, element)


@register.tag
def wrap(parser: Parser, token: Token) -> WrapNode:
    """`{% wrap "h1" "css-class" "label" %}…{% endwrap %}`: an unused block leaves no empty element behind."""
    parts = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    if len(parts) not in {2, 3}:
        raise template.TemplateSyntaxError("wrap: an element, a class and perhaps a label")
    nodelist = parser.parse(("endwrap",))
    parser.delete_first_token()
    return WrapNode(parts, nodelist)


@register.filter
def snils(value: str | None) -> str:
    """СНИЛС grouped for reading; an empty value stays empty."""
    return snils_number.show(value) if value else ""


@register.filter
def mask_snils(value: str | None) -> str:
    """СНИЛС as others may see it."""
    return snils_number.mask(value) if value else ""


@register.filter
def phone(value: str | None) -> str:
    """A telephone grouped for reading; what is no number of ours is shown as it is."""
    try:
        return phone_number.show(phone_number.parse(value)) if value else ""
    except Invalid:
        return str(value)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """«14 декабря 2026»; a moment is taken in our own time zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return str(formats.date_format(value, "j E Y"))


@register.filter
def moment(value: dt.datetime | None) -> str:
    """«14 декабря 2026, 10:32»."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)}, {local:%H:%M}"


@register.filter
def day_left(value: dt.date | None, today: dt.date | None = None) -> str:
    """«до 14 декабря 2026, осталось 9 рабочих дней»."""
    if not value:
        return ""
    today = today or timezone.localdate()
    if value < today:
        return gettext("срок истёк %(day)s") % {"day": day(value)}
    left = workdays.between(today, value)
    if left == 0:
        return gettext("до %(day)s, последний день") % {"day": day(value)}
    return gettext("до %(day)s, %(left)s") % {
        "day": day(value),
        "left": ngettext("остался %(n)s рабочий день", "осталось %(n)s рабочих дней", left) % {"n": left},
    }


@register.filter
def workdays_count(value: int) -> str:
    """«9 рабочих дней»."""
    return ngettext("%(n)s рабочий день", "%(n)s рабочих дней", _whole(value)) % {"n": value}


@register.filter
def days_count(value: int) -> str:
    """«9 дней»."""
    return ngettext("%(n)s день", "%(n)s дней", _whole(value)) % {"n": value}


@register.filter
def hours_count(value: int) -> str:
    """«126 часов»."""
    return ngettext("%(n)s час", "%(n)s часов", _whole(value)) % {"n": value}


@register.filter
def votes_count(value: int) -> str:
    """«2 голоса»."""
    return ngettext("%(n)s голос", "%(n)s голосов", _whole(value)) % {"n": value}


@register.inclusion_tag("design/parts/breadcrumbs.html")
def breadcrumbs(items: Iterable[Any]) -> dict[str, Any]:
    """Where this page stands. items: {url, label}, the nearest last."""
    return {"items": list(items)}


@register.simple_tag
def back_link(url: str, text: str = "") -> str:
    """The way back, for the block `back`."""
    return format_html('<a class="govuk-back-link" href="{}">{}</a>', url, text or gettext("Назад"))
