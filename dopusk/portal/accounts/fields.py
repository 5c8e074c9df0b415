"""Fields that many forms of the portal share: who somebody is, the password of now, and a new one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from dopusk.portal.accounts import passwords


def _words(code: str, shortest: int) -> str:
    """What is wrong with a password, for its owner."""
    if code == "password_short":
        return ngettext(
            "Пароль короче %(n)s знака. Добавьте ещё одно-два слова.",
            "Пароль короче %(n)s знаков. Добавьте ещё одно-два слова.",
            shortest,
        ) % {"n": shortest}
    return {
        "password_long": _("Пароль длиннее 128 знаков. Сократите его."),
        "password_listed": _(
            "Такой пароль есть в списках, по которым подбирают первым делом. Возьмите несколько несвязанных слов."
        ),
        "password_personal": _(
            "В пароле почти нет ничего, кроме Ваших данных или имени портала: его легко угадать. Добавьте другие слова."
        ),
        "password_repeats": _(
            "Пароль состоит из повторов или соседних клавиш: его легко угадать. Возьмите несколько несвязанных слов."
        ),
    }[code]


class IdentifierField(forms.CharField):
    """What a person signs in by, in any usual spelling (`rules.meanings`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Телефон, почта, СНИЛС или ИНН"),
                "max_length": 254,
                "error_messages": {"required": gettext_lazy("Укажите телефон, почту, СНИЛС или ИНН.")},
                "widget": forms.TextInput(
                    {
                        "autocomplete": "username",
                        "inputmode": "email",
                        "autocapitalize": "none",
                        "spellcheck": "false",
                    }
                ),
                **options,
            }
        )


class CurrentPasswordField(forms.CharField):
    """The password of now: taken as it is typed, spaces with it; a length that no real one has is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Пароль"),
                "max_length": 1024,
                "strip": False,
                "error_messages": {"required": gettext_lazy("Введите пароль.")},
                "widget": forms.PasswordInput({"autocomplete": "current-password"}),
                **options,
            }
        )


class NewPasswordField(forms.CharField):
    """A password to be kept, judged by `passwords.fault`; its errors carry the same codes, `required` for none.

    Before the form is shown or judged: `field.judge(second_factor=…, context=…)`. Without it the stricter length.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Новый пароль"),
                "strip": False,
                "error_messages": {"required": gettext_lazy("Придумайте пароль.")},
                "widget": forms.PasswordInput({"autocomplete": "new-password", "spellcheck": "false"}),
                **options,
            }
        )
        self.judge(second_factor=False, context=())

    def judge(self, *, second_factor: bool, context: Iterable[str]) -> None:
        """Whose password it is to be."""
        self._second_factor, self._context = second_factor, tuple(context)
        shortest = passwords.shortest(second_factor=second_factor)
        self.help_text = ngettext_lazy(
            "Не короче %(n)s знака. Удобна фраза из нескольких слов: пробелы и русские буквы подходят.",
            "Не короче %(n)s знаков. Удобна фраза из нескольких слов: пробелы и русские буквы подходят.",
            "n",
        ) % {"n": shortest}
        self.widget.attrs["passwordrules"] = f"minlength: {shortest}; maxlength: {passwords.LONGEST};"

    def validate(self, value: str) -> None:
        """Django's `required`, then the rules of passwords."""
        super().validate(value)
        code = passwords.fault(value, second_factor=self._second_factor, context=self._context)
        if code:
            shortest = passwords.shortest(second_factor=self._second_factor)
            raise forms.ValidationError(_words(code, shortest), code=code)


class NewPasswordForm(forms.Form):
    """A form with `new_password`; subclass it and add fields. second_factor: sign-in asks for one as well;
    context: what is known of the owner (`passwords.known_about`, or what she has just typed)."""

    new_password = NewPasswordField()

    def __init__(
        self, *args: Any, second_factor: bool = False, context: Iterable[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = self.fields["new_password"]
        assert isinstance(field, NewPasswordField)
        field.judge(second_factor=second_factor, context=context)


def first_code(form: forms.BaseForm) -> str:
    """The code of the first error, for `data-code` of the page; empty when there is none."""
    for faults in form.errors.as_data().values():
        for one in faults:
            return one.code or "invalid"
    return ""
