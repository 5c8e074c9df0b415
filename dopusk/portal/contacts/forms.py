"""Forms of contacts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dopusk.portal.codes.fields import CodeField
from dopusk.portal.contacts.fields import MailField, PhoneField


class PhoneForm(forms.Form):
    """A new telephone."""

    phone = PhoneField(label=_("Новый номер мобильного телефона"))


class EmailForm(forms.Form):
    """A new address of mail."""

    email = MailField(
        label=_("Новый адрес электронной почты"), help_text=_("На него придёт письмо со ссылкой.")
    )


class CodeForm(forms.Form):
    """The code that came to the new telephone."""

    code = CodeField()
