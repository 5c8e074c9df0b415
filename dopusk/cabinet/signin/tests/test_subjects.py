"""Who comes by which account: issuer and `sub` together name a person, and a person outlives a change of provider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.signin import actions, portal, rules
from dopusk.cabinet.signin.models import Person, Subject
from dopusk.cabinet.signin.oidc import OpenId
from dopusk.cabinet.signin.tests import people
from dopusk.web.journal.models import Entry

ESIA = "http://esia.gosuslugi.ru/"


def come(**changes):
    """Somebody comes with Анна's claims, changed."""
    return actions.arrive(rules.read_claims(people.claims("anna", **changes)))


def refusal(**changes):
    with pytest.raises(actions.NotLetIn) as caught:
        come(**changes)
    return caught.value.refusal.code


@pytest.fixture
def moved(monkeypatch, settings):
    """The deployment changes its provider: the new one is trusted from now on, and it alone."""

    def move(issuer):
        settings.PORTAL_URL = issuer
        monkeypatch.setitem(portal._portals, issuer, OpenId(issuer))

    return move


@pytest.mark.django_db
class TestBinding:
    def test_the_first_account_makes_the_person(self):
        person = come()
        assert list(person.subjects.values_list("issuer", "sub")) == [
            (portal.portal().issuer, people.sub_of("anna"))
        ]

    def test_after_a_change_of_provider_she_is_who_she_was(self, moved):
        before, portal_then = come(), people.claims("anna")["iss"]
        moved(ESIA)
        after = come(iss=ESIA, sub="1000300603")
        assert after.pk == before.pk
        assert Person.objects.count() == 1
        assert set(after.subjects.values_list("issuer", flat=True)) == {ESIA, portal_then}
        assert Entry.objects.latest("number").words == actions.BOUND

    def test_and_comes_again_by_the_account_bound_then(self, moved):
        come()
        moved(ESIA)
        person = come(iss=ESIA, sub="1000300603")
        assert come(iss=ESIA, sub="1000300603", family_name="Смирнова").pk == person.pk
        assert Entry.objects.latest("number").words == actions.AGAIN

    def test_another_account_of_the_same_provider_with_her_snils_is_refused(self, moved):
        come()
        assert refusal(sub="another") == "snils_of_another"
        moved(ESIA)
        come(iss=ESIA, sub="1000300603")
        assert refusal(iss=ESIA, sub="1000300604") == "snils_of_another"

    def test_a_provider_that_is_not_the_chosen_one_binds_nobody(self):
        come()
        assert refusal(iss=ESIA, sub="1000300603") == "issuer_unknown"
        assert Subject.objects.count() == 1

    def test_the_old_provider_is_not_believed_any_more(self, moved):
        come()
        portal_then = people.claims("anna")["iss"]
        moved(ESIA)
        assert refusal(iss=portal_then) == "issuer_unknown"

    def test_an_account_that_changed_its_snils_is_refused(self, moved):
        come()
        moved(ESIA)
        come(iss=ESIA, sub="1000300603")
        assert refusal(iss=ESIA, sub="1000300603", snils="11223344595") == "snils_changed"

    def test_an_unconfirmed_account_binds_to_nobody(self, moved):
        moved(ESIA)
        found = rules.read_claims(people.claims("anna", iss=ESIA, assurance_level="standard"))
        assert isinstance(found, rules.Refusal)

    def test_one_sub_at_two_providers_is_two_people(self, moved):
        anna = come(sub="17")
        moved(ESIA)
        maria = actions.arrive(rules.read_claims(people.claims("maria", iss=ESIA, sub="17")))
        assert maria.pk != anna.pk
        assert maria.snils != Person.objects.get(pk=anna.pk).snils
        assert come(iss=ESIA, sub="18").pk == anna.pk

    def test_a_long_sub_is_kept_whole_beside_a_short_key(self):
        person = come(sub="s" * 255)
        assert len(person.pk) == 32
        assert come(sub="s" * 255).pk == person.pk


INDEXES = st.sampled_from([b"anna", b"maria"])


@given(
    of_account=st.none() | INDEXES,
    index=INDEXES,
    holder=st.none() | st.just("key"),
    has_account=st.booleans(),
    issuer=st.sampled_from(["a", "b"]),
)
def test_whoever_is_let_in_has_one_snils_and_one_account_of_the_trusted_issuer(
    of_account, index, holder, has_account, issuer
):
    standing = rules.Standing(of_account, holder, has_account)
    refused = rules.may_bind(standing, index, issuer, "a")
    allowed = issuer == "a" and (of_account == index if of_account else not has_account)
    assert (refused is None) == allowed
