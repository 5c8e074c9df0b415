"""Realistic content of the gallery: forms and rows as the sites show them. Nobody here exists."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.datastructures import MultiValueDict

from dopusk.web.design.forms import DateField3

SPECIALTIES = [
    ("nursing", "Сестринское дело"),
    ("paediatric_nursing", "Сестринское дело в педиатрии"),
    ("laboratory", "Лабораторная диагностика"),
]


class Application(forms.Form):
    """Every kind of control, as the steps of an application use them."""

    last_name = forms.CharField(label="Фамилия", max_length=60, help_text="Как в паспорте.")
    snils = forms.CharField(
        label="СНИЛС", help_text="11 цифр, например 112-233-445 95.", widget=forms.TextInput({"size": 14})
    )
    birth_date = DateField3(label="Дата рождения", help_text="Например, 27 3 1987.")
    specialty = forms.ChoiceField(label="Специальность", choices=[("", "Выберите"), *SPECIALTIES])
    answer = forms.ChoiceField(
        label="Куда сообщить о решении",
        choices=[("email", "На почту anna@example.org"), ("sms", "По СМС на +7 900 000-00-03")],
        widget=forms.RadioSelect,
    )
    parts = forms.MultipleChoiceField(
        label="Что входит в отчёт",
        choices=[("work", "Работа по должности"), ("training", "Обучение"), ("science", "Научная работа")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hours = forms.IntegerField(label="Часы обучения", min_value=0, max_value=1000)
    story = forms.CharField(
        label="О работе за пять лет", widget=forms.Textarea({"rows": 4}), required=False, max_length=2000
    )
    scan = forms.FileField(
        label="Скан согласования отчёта",
        help_text="PDF, JPEG или PNG, не больше 20 МБ. Все страницы в одном файле.",
    )
    password = forms.CharField(
        label="Пароль", widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    consent = forms.BooleanField(label="Согласна на обработку персональных данных")


def filled() -> Application:
    """The form as one gets it back: several things do not hold."""
    return Application(
        {
            "last_name": "Орлова",
            "snils": "112-233-445 96",
            "birth_date_day": "31",
            "birth_date_month": "2",
            "birth_date_year": "1987",
            "specialty": "nursing",
            "hours": "сто",
        },
        MultiValueDict(),
    )


STEPS: list[dict[str, str]] = [
    {
        "title": "Контакты",
        "url": "#",
        "hint": "Почта и телефон с портала",
        "status": "Готово",
        "colour": "green",
    },
    {"title": "Специальность", "url": "#", "hint": "Сестринское дело", "status": "Готово", "colour": "green"},
    {
        "title": "Отчёт о работе за пять лет",
        "url": "#",
        "hint": "Сохранён сегодня в 10:32",
        "status": "Начато",
        "colour": "yellow",
    },
    {"title": "Документы", "url": "#", "hint": "", "status": "Не начато", "colour": "blue"},
    {
        "title": "Проверка и отправка",
        "url": "",
        "hint": "Откроется, когда будут готовы все шаги",
        "status": "Пока нельзя",
        "colour": "",
    },
]

FACTS: list[dict[str, str]] = [
    {
        "key": "Фамилия, имя, отчество",
        "value": "Орлова Анна Сергеевна",
        "source": "Портал личности, 14 декабря 2026",
    },
    {"key": "СНИЛС", "value": "000-000-600 03", "source": "Портал личности, проверен в регистре"},
    {
        "key": "Образование",
        "value": "Тверской медицинский колледж, 2009, «Сестринское дело»",
        "source": "Регистр медработников",
    },
    {
        "key": "Электронная почта",
        "value": "anna@example.org",
        "action_url": "#",
        "action_label": "Изменить",
    },
    {"key": "Рабочий телефон", "value": "", "action_url": "#", "action_label": "Добавить"},
]

JOURNEY: list[dict[str, str]] = [
    {
        "title": "Заявление отправлено",
        "when": "14 декабря 2026, 10:32",
        "who": "Вы",
        "state": "past",
        "text": "",
    },
    {
        "title": "Проверки пройдены",
        "when": "14 декабря 2026, 10:33",
        "who": "автоматически",
        "state": "past",
        "text": "Все восемь правил выполнены.",
    },
    {
        "title": "Заявление рассматривает регистратор",
        "when": "до 21 декабря, осталось 5 рабочих дней",
        "who": "Павлова Г. П.",
        "state": "now",
        "text": "Делать ничего не нужно. Когда регистратор решит, сообщим на почту.",
    },
    {"title": "Заседание комиссии", "when": "до 15 января", "who": "", "state": "future", "text": ""},
    {
        "title": "Свидетельство и запись в регистре",
        "when": "до 20 января",
        "who": "",
        "state": "future",
        "text": "",
    },
]

QUEUE: list[dict[str, Any]] = [
    {
        "number": "2026-000417",
        "name": "Орлова А. С.",
        "specialty": "Сестринское дело",
        "left": 5,
        "mine": True,
    },
    {
        "number": "2026-000416",
        "name": "Кузнецова М. И.",
        "specialty": "Сестринское дело",
        "left": 4,
        "mine": False,
    },
    {"number": "2026-000409", "name": "Лебедев В. А.", "specialty": "Терапия", "left": 1, "mine": False},
]


def page(number: int = 7) -> Page[int]:
    """A page in the middle of a long list."""
    return Paginator(range(500), 25).page(number)


def terms(today: dt.date) -> list[dict[str, Any]]:
    """Accreditations at four points of their term."""
    return [
        {"name": name, "start": start, "end": start.replace(year=start.year + 5)}
        for name, start in (
            ("Сестринское дело", today.replace(day=1, year=today.year - 2)),
            ("Сестринское дело в педиатрии", (today - dt.timedelta(days=1766)).replace(day=2)),
            ("Лабораторная диагностика", today.replace(day=1, year=today.year - 6)),
        )
    ]
