"""What people say to know about: each for themselves, said once, and found in words."""

import json

import pytest
from django.test import Client

from journal.models import Event
from journal.refusals import Invalid, NotAllowed
from journal.timeline import missing_sentences
from teams import actions
from teams.competences import in_words, offered
from teams.models import Competence
from tests.factories import World, world

pytestmark = pytest.mark.django_db
PAGE = "/settings/competences/"


@pytest.fixture
def made() -> World:
    return world()


def test_declare_competence_writes_a_row_and_an_event_without_its_words(made: World) -> None:
    row = actions.declare_competence(by=made.bram, at=made.at, kind="topic", name="  Tenders  in Luxembourg ", note="")
    assert (row.user, row.kind, row.name) == (made.bram, "topic", "Tenders in Luxembourg")
    event = Event.objects.get(verb="competence.declared")
    assert (event.actor_id, event.subject_id) == (made.bram.pk, str(made.bram.pk))
    assert json.loads(event.data) == {"competence": row.pk, "kind": "topic"}
    assert missing_sentences(["competence.declared", "competence.dropped"]) == []


def test_declare_competence_twice_whatever_its_case_is_refused(made: World) -> None:
    actions.declare_competence(by=made.bram, at=made.at, kind="topic", name="Leasing")
    with pytest.raises(Invalid) as refused:
        actions.declare_competence(by=made.bram, at=made.at, kind="topic", name="leasing")
    assert (refused.value.code, refused.value.path) == ("declared_already", "about")
    actions.declare_competence(by=made.chloe, at=made.at, kind="topic", name="leasing")


def test_declare_competence_beyond_the_most_is_refused(made: World) -> None:
    for number in range(actions.competences.MOST_DECLARED):
        actions.declare_competence(by=made.bram, at=made.at, kind="topic", name=f"Topic {number}")
    with pytest.raises(Invalid) as refused:
        actions.declare_competence(by=made.bram, at=made.at, kind="topic", name="One more")
    assert refused.value.code == "too_many_competences"


def test_drop_competence_of_somebody_else_is_not_allowed(made: World) -> None:
    row = actions.declare_competence(by=made.bram, at=made.at, kind="family", name="network")
    with pytest.raises(NotAllowed) as refused:
        actions.drop_competence(competence=row, by=made.chloe, at=made.at)
    assert refused.value.code == "not_allowed_not_yours_to_say"
    actions.drop_competence(competence=row, by=made.bram, at=made.at)
    assert not Competence.objects.exists()
    assert Event.objects.filter(verb="competence.dropped").count() == 1


def test_operator_declares_nothing(made: World) -> None:
    with pytest.raises(NotAllowed) as refused:
        actions.declare_competence(by=made.quinten, at=made.at, kind="topic", name="Everything")
    assert refused.value.code == "not_allowed_operator"


def test_offered_are_families_with_their_ancestors_segments_and_clauses(made: World) -> None:
    found = offered()
    families = "cloud cloud/compute network network/routers network/switches services"
    assert list(found["family"]) == [*families.split(), "services/support", "services/training"]
    assert list(found["segment"]) == ["industry", "public", "retail"]
    assert "payment_days" in found["clause"]


def test_competences_in_words_name_a_clause_and_a_segment(made: World) -> None:
    rows = [Competence(kind="clause", name="payment_days"), Competence(kind="segment", name="public")]
    assert in_words([*rows, Competence(kind="topic", name="leasing")]) == "payment days, segment public, leasing"


def test_page_adds_and_removes_what_the_reader_knows(made: World) -> None:
    client = Client()
    client.force_login(made.bram)
    assert client.post(PAGE, {"about": "family:network", "topic": "", "note": "Campus nets"}).status_code == 302
    row = Competence.objects.get(user=made.bram)
    assert (row.kind, row.name, row.note) == ("family", "network", "Campus nets")
    for sent in ({"about": "", "topic": ""}, {"about": "family:network", "topic": "Leasing"}):
        answer = client.post(PAGE, sent)
        assert answer.status_code == 422
        assert answer.context["form"].has_error("about", "one_of_both")
    assert "network" in client.get("/teams/public/").content.decode()
    assert client.post(f"{PAGE}{row.pk}/drop/").status_code == 302
    assert not Competence.objects.exists()


def test_page_of_a_place_in_a_merged_team_gives_the_same_role_in_what_it_left(made: World) -> None:
    """Whoever works in a team answers for what was left open by one that became part of it."""
    from_team, into = made.teams["retail"], made.teams["public"]
    from_team.is_active, from_team.merged_into = False, into
    from_team.save(update_fields=["is_active", "merged_into"])
    client = Client()
    client.force_login(made.bram)
    person = client.get("/").wsgi_request.person  # type: ignore[attr-defined]
    assert person.team_roles == {into.pk: "member", from_team.pk: "member"}
    assert person.deciding_teams == frozenset({into.pk, from_team.pk})
