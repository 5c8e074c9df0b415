"""Forms come back with errors beside their fields, and nothing typed is lost."""

import datetime as dt
import re

import pytest
from django import forms
from django.template import Context, Template

from dopusk.web.design.forms import DateField3


class AnnasForm(forms.Form):
    """What Анна Орлова fills in."""

    last_name = forms.CharField(label="Фамилия", max_length=10, help_text="Как в паспорте")
    birth_date = DateField3(label="Дата рождения")
    way = forms.ChoiceField(
        label="Куда сообщить", choices=[("a", "Почта"), ("b", "СМС")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Заметка", required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label="Согласна")


def born(day, month, year):
    return {"birth_date_day": day, "birth_date_month": month, "birth_date_year": year}


def summary(form):
    return Template("{% load design %}{% error_summary form %}").render(Context({"form": form}))


def test_each_error_in_the_summary_leads_to_a_control_that_is_there():
    form = AnnasForm({"last_name": "Орлова-Красноярская"})
    anchors = re.findall(r'href="#([^"]+)"', summary(form))
    ids = re.findall(r'id="([^"]+)"', str(form))
    assert len(anchors) == 4
    assert set(anchors) <= set(ids)


def test_a_field_in_error_is_described_by_its_hint_and_its_error():
    html = str(AnnasForm({"last_name": ""}))
    control = next(tag for tag in re.findall("<input[^>]*>", html) if 'id="id_last_name"' in tag)
    described = re.search(r'aria-describedby="([^"]+)"', control)
    assert described
    assert described[1].split() == ["id_last_name_helptext", "id_last_name_error"]
    assert all(f'id="{identifier}"' in html for identifier in described[1].split())
    assert 'aria-invalid="true"' in control


def test_what_was_typed_comes_back_as_typed():
    html = str(AnnasForm({"last_name": "<Орлова>", **born("31", "2", "87г")}))
    assert 'value="&lt;Орлова&gt;"' in html
    assert all(f'value="{part}"' in html for part in ("31", "2", "87г"))


def test_the_browser_neither_cuts_nor_blocks_what_is_typed():
    html = str(AnnasForm())
    assert "maxlength" not in html
    assert " required" not in html


def test_only_what_may_stay_empty_says_so():
    html = str(AnnasForm())
    assert html.count("dk-optional") == 1


def test_a_group_has_its_question_as_legend():
    html = str(AnnasForm())
    assert html.count("<fieldset") == html.count("<legend") == 2


def test_errors_of_the_whole_form_are_said_too():
    form = AnnasForm({})
    form.add_error(None, "Даты спорят между собой")
    assert "Даты спорят между собой" in str(form)
    assert "Даты спорят между собой" in summary(form)


def test_nothing_is_summed_up_before_anything_was_sent():
    assert summary(AnnasForm()).strip() == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("", "", ""), "required"),
        (("1", "", "1987"), "date_incomplete"),
        (("31", "2", "1987"), "date_invalid"),
        (("0", "1", "1987"), "date_invalid"),
        (("1", "март", "1987"), "date_invalid"),
        (("1", "²", "1987"), "date_invalid"),
        (("1", "3", "87"), "date_year"),
        (("1", "3", "19870"), "date_year"),
        (("9" * 5000, "3", "1987"), "date_invalid"),
    ],
)
def test_a_date_that_is_none_is_named(typed, code):
    form = AnnasForm(born(*typed))
    assert form.errors.as_data()["birth_date"][0].code == code


def test_a_date_is_taken_and_shown_again():
    form = AnnasForm({"last_name": "Орлова", "way": "a", "consent": "on", **born(" 7 ", "03", "1987")})
    assert form.is_valid()
    assert form.cleaned_data["birth_date"] == dt.date(1987, 3, 7)
    assert 'value="1987"' in str(AnnasForm(initial={"birth_date": dt.date(1987, 3, 7)}))
