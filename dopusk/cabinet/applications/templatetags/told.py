"""{{ document.title|told }}: what is kept in Russian, in the language of the page."""

from django import template

from dopusk.cabinet.told import SENTENCES

register = template.Library()


@register.filter
def told(words: str) -> str:
    """A kept sentence or title."""
    return SENTENCES.say(words)
