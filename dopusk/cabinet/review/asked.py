"""Choices that come into sight with a choice made elsewhere on the form.

Their labels do not say «optional»: once in sight they are asked for, and the form's own `clean` judges them.
"""

from django import forms

from dopusk.web.design.forms import Field


class Asked(Field):
    """Its label does not say that it may stay empty."""

    optional = False


class AskedChoice(forms.ChoiceField):
    """One of several, where another choice asks for it."""

    bound_field_class = Asked


class AskedChoices(forms.MultipleChoiceField):
    """Some of several, where another choice asks for them."""

    bound_field_class = Asked
