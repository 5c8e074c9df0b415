"""Faults on demand, as they are written on the command line."""

import pytest

from dopusk.kernel.faults import Fault, parse
from dopusk.kernel.invalid import Invalid


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("te:status=503@0.2", Fault("te", "status", "503", 0.2)),
        ("prns:delay=2", Fault("prns", "delay", "2")),
        ("prns:delay=0.25@.5", Fault("prns", "delay", "0.25", 0.5)),
        ("ac:skew=600", Fault("ac", "skew", "600")),
        ("te:skew=-600", Fault("te", "skew", "-600")),
        ("orgs:drop=0", Fault("orgs", "drop", "0")),
        ("logout:garbage=html@1", Fault("logout", "garbage", "html")),
    ],
)
def test_a_fault_is_read(text, fault):
    assert parse(text) == fault


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "fault_form"),
        ("te=503", "fault_form"),
        ("te:status=503@often", "fault_form"),
        ("token:status=503", "fault_endpoint"),
        ("te:burn=1", "fault_kind"),
        ("te:status=200", "fault_value"),
        ("te:status=599", "fault_value"),
        ("te:delay=301", "fault_value"),
        ("te:delay=-1", "fault_value"),
        ("te:skew=soon", "fault_value"),
        ("te:garbage=tea", "fault_value"),
        ("te:status=503@0", "fault_probability"),
        ("te:status=503@1.5", "fault_probability"),
    ],
)
def test_what_is_no_fault_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.code == code
