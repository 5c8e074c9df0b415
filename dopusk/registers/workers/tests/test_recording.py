"""The outcome of an accreditation is recorded once under its number, however often and by how many it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from dopusk.kernel import dates, sandbox
from dopusk.registers.conftest import Program
from dopusk.registers.workers.models import Accreditation
from dopusk.web.journal.models import Entry

NUMBER = "6926000000042"
ADDRESS = f"/api/frmr/accreditation/{NUMBER}"


def _outcome(**changed):
    today = timezone.localdate()
    return {
        "snils": sandbox.person("anna").snils,
        "accreditationKindId": "periodic",
        "specialtyKey": "34.02.01",
        "passDate": today.isoformat(),
        "endDate": dates.add_years(today, 5).isoformat(),
        "protocolDate": today.isoformat(),
        "protocolNumber": "69-11",
        "passed": True,
    } | changed


def test_the_first_time_it_is_created_and_again_it_is_the_same(people, cabinet):
    first, again = cabinet.put(ADDRESS, _outcome()), cabinet.put(ADDRESS, _outcome())
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["registryNumber"] == NUMBER
    assert Accreditation.objects.filter(registry_number=NUMBER).count() == 1


def test_it_is_then_told_with_the_rest(people, cabinet):
    cabinet.put(ADDRESS, _outcome())
    held = cabinet.get(f"/api/frmr/person/{sandbox.person('anna').snils}/accreditation").json()
    assert held[0]["registryNumber"] == NUMBER
    assert len(held) == 2


def test_recording_stands_in_the_journal_once(people, cabinet):
    cabinet.put(ADDRESS, _outcome())
    cabinet.put(ADDRESS, _outcome())
    (entry,) = Entry.objects.filter(act="accreditation.recorded")
    assert (entry.actor, entry.object) == ("cabinet", f"accreditation:{NUMBER}")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"protocolNumber": "69-12"}, "protocol_number"),
        ({"specialtyKey": "34.02.02"}, "specialty_key"),
        ({"snils": sandbox.person("maria").snils}, "snils"),
        ({"organizationOid": sandbox.organisation("center").oid}, "organization_oid"),
    ],
)
def test_another_record_under_the_same_number_is_a_conflict(people, cabinet, changed, field):
    cabinet.put(ADDRESS, _outcome())
    answer = cabinet.put(ADDRESS, _outcome(**changed))
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (409, "conflict", [field])
    assert Accreditation.objects.get(registry_number=NUMBER).protocol_number == "69-11"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"snils": sandbox.person("galina").snils}, 404, "not_in_frmr"),
        ({"specialtyKey": "astrology"}, 422, "specialty_unknown"),
        ({"endDate": "2020-01-01"}, 422, "dates_order"),
        ({"protocolDate": "2020-01-01"}, 422, "dates_order"),
        ({"passed": False}, 422, "invalid_request"),
        ({"accreditationKindId": "eternal"}, 422, "invalid_request"),
        ({"protocolNumber": ""}, 422, "invalid_request"),
        ({"snils": "11223344596"}, 422, "invalid_request"),
        ({"extra": 1}, 422, "invalid_request"),
        ({"protocolNumber": "69\0-11"}, 422, "invalid_request"),
        ({"specialtyKey": "34\0"}, 422, "invalid_request"),
        ({"organizationOid": "1.2\0"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_true_is_refused_and_nothing_is_kept(people, cabinet, changed, status, code):
    before = Accreditation.objects.count()
    answer = cabinet.put(ADDRESS, _outcome(**changed))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Accreditation.objects.count() == before


def test_a_protocol_of_tomorrow_is_refused(people, cabinet):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = cabinet.put(ADDRESS, _outcome(protocolDate=tomorrow))
    assert (answer.status_code, answer.json()["code"]) == (422, "passed_in_future")


@pytest.mark.parametrize("number", ["1" * 65, "a%00b", "a%0Ab"])
def test_a_number_that_is_none_is_refused(people, cabinet, number):
    assert cabinet.put(f"/api/frmr/accreditation/{number}", _outcome()).status_code in {404, 422}


def _at_once(settings, *bodies):
    """Send all bodies at the same moment, each over a connection of its own; their statuses."""
    gate = Barrier(len(bodies))

    def send(body):
        program = Program(settings.CLIENT_TOKENS["cabinet"])
        gate.wait()
        try:
            return program.put(ADDRESS, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return sorted(pool.map(send, bodies))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_clients_at_once_record_it_once(people, cabinet, settings, attempt):
    statuses = _at_once(settings, *[_outcome()] * 4)
    assert statuses == [200, 200, 200, 201]
    assert Accreditation.objects.filter(registry_number=NUMBER).count() == 1
    assert Entry.objects.filter(act="accreditation.recorded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_different_records_at_once_leave_one_and_a_conflict(people, cabinet, settings):
    statuses = _at_once(settings, _outcome(), _outcome(protocolNumber="69-12"))
    assert statuses == [201, 409]
    assert Accreditation.objects.filter(registry_number=NUMBER).count() == 1
