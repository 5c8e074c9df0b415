"""Fields that come into sight with a choice made elsewhere on the form."""

from dopusk.web.design.forms import Field


class Asked(Field):
    """Its label does not say «optional»: once in sight it is asked for, and the form's own `clean` judges it."""

    optional = False
