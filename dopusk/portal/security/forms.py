"""The form of a change of password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dopusk.portal.accounts.fields import CurrentPasswordField, NewPasswordForm


class ChangeForm(NewPasswordForm):
    """The password of now and the new one; the first is not asked for after a passkey."""

    current_password = CurrentPasswordField(
        label=_("Нынешний пароль"),
        error_messages={"required": _("Введите пароль, с которым Вы входите сейчас.")},
    )
    end_others = forms.BooleanField(
        label=_("Завершить входы на других устройствах"),
        required=False,
        initial=True,
        help_text=_("Оставьте, если пароль мог узнать кто-то ещё."),
    )
    field_order = ("current_password", "new_password", "end_others")

    def __init__(self, *args: Any, by_passkey: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if by_passkey:
            del self.fields["current_password"]
