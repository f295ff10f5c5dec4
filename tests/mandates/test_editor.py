"""The editor while one types: checks with remedies, rows pasted and chosen, quiet saving, and two who meet."""

import html
import json
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from journal.models import Event
from mandates.actions import draft_charter, draft_mandate, edit_draft, join_draft
from mandates.advice import Step, read_steps
from mandates.documents import document_of
from mandates.drafters import aims_of
from mandates.forms.changing import changed, pressed, typed_in
from mandates.models import CharterVersion, MandateVersion
from tests.factories import World, public_document
from tests.factories import draft as deal_draft
from tests.mandates.test_pages import _fields

DRAFT = "/mandates/public-2026/draft/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def nora(world: World, client: Client) -> Client:
    """The drafter's browser, with a draft of the public mandate begun."""
    document = public_document(2026, version=2)
    draft_mandate(by=world.nora, at=world.at, code="public-2026", document=document, note="Wider.")
    client.force_login(world.nora)
    return client


def opened(client: Client, address: str = DRAFT) -> dict[str, Any]:
    """The fields of the editor as a browser would send them."""
    return _fields(client.get(address).content.decode())


def said(answer: Any) -> str:
    """What an answer says, without markup."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\xa0", " ")


def checked(client: Client, form: dict[str, Any], **changes: str) -> Any:
    return client.post(DRAFT, form | changes | {"then": "check"}, **HTMX)


def remedies(answer: Any) -> dict[str, str]:
    """The buttons that mend something, by what stands on them."""
    found = re.findall(r'name="remedy" value="([^"]*)"[^>]*>([^<]*)<', answer.content.decode())
    return {html.unescape(label).replace("\xa0", " "): html.unescape(value) for value, label in found}


def draft(code: str = "public-2026") -> MandateVersion:
    return MandateVersion.objects.get(mandate__code=code, state="draft")


def limits(code: str = "public-2026") -> Any:
    return document_of(draft(code))["limits"]


# --- sentences and checks while one types ---


def test_check_gives_the_sentence_of_each_row_and_saves_nothing(nora: Client) -> None:
    answer = checked(nora, opened(nora), **{"limits-1-member": "9,5"})
    assert answer.status_code == 200
    assert "All other products: a member may give up to 9.5 % discount on a line" in said(answer)
    assert 'id="limits-1-said" class="said" hx-swap-oob="innerHTML"' in answer.content.decode()
    assert "<form" not in answer.content.decode()
    assert draft().edition == 1


@pytest.mark.parametrize(
    ("changes", "text", "remedy"),
    [
        ({"limits-0-member": "a lot"}, "“a lot” is no number", None),
        ({"limits-0-team": "9"}, "narrower than a member's", "Set the team's bound to 12 %"),
        ({"valid_until": "2025-01-01"}, "cannot end before it begins", "Swap the two days"),
        ({"limits-0-term_months_below": "12"}, "Nothing lies in this range", "Swap the two ends"),
        ({"limits-3-family": "network"}, "asks about a line", "Leave out: family"),
        ({"consents": "0"}, "too small", "Set it to 1"),
        ({"limits-0-family": "netwrk"}, "There is no family “netwrk” today", "Use “network”"),
        ({"scope-0-segment": "publik"}, "There is no segment “publik” today", "Use “public”"),
        ({"limits-1-kind_new": "on"}, "No row limits the discount on a line", "Add a last row for all the rest"),
        ({"limits-0-team": "60"}, "goes beyond the charter", "Set row 1 to the charter's bound, 45 %"),
        ({"limits-0-team": "60"}, "For example: ", None),
    ],
)
def test_check_names_what_is_wrong_and_its_remedy_mends_it(
    nora: Client, changes: dict[str, str], text: str, remedy: str | None
) -> None:
    form = opened(nora) | changes
    answer = checked(nora, form)
    assert text in said(answer)
    if remedy is None:
        return
    label = next(label for label in remedies(answer) if label.startswith(remedy))
    mended = nora.post(DRAFT, form | {"remedy": remedies(answer)[label]}, **HTMX)
    assert mended.status_code == 200
    assert text not in said(mended)
    assert draft().edition == 1


def test_check_names_the_row_that_shadows_and_moving_it_up_mends_that(nora: Client) -> None:
    form = opened(nora)
    for name in [name for name in form if name.startswith("limits-")]:
        del form[name]
    form |= {"limits-0-metric": "line_discount", "limits-0-member": "8"}
    form |= {"limits-1-metric": "line_discount", "limits-1-family": "network", "limits-1-member": "12"}
    answer = checked(nora, form)
    assert "Row 2 can never apply: row 1, which is read first, takes all of it." in said(answer)
    assert set(remedies(answer)) == {"Move row 2 above row 1", "Remove row 2"}
    moved = nora.post(DRAFT, form | {"remedy": remedies(answer)["Move row 2 above row 1"]}, **HTMX)
    assert "can never apply" not in said(moved)
    assert 'name="limits-0-family" value="network"' in moved.content.decode()


def test_check_of_rows_with_a_blank_one_between_speaks_of_the_right_ones(nora: Client) -> None:
    form = opened(nora) | {"limits-7-metric": "line_discount", "limits-7-member": "a lot", "limits-6-metric": ""}
    page = checked(nora, form).content.decode()
    assert 'data-field="limits-7-member" data-stops' in page
    assert 'id="limits-6-said"' not in page


def test_check_of_the_charter_names_the_mandates_that_would_go_beyond_it(world: World, client: Client) -> None:
    draft_charter(by=world.olivier, at=world.at, note="Tighter.")
    client.force_login(world.olivier)
    form = opened(client, "/charter/draft/") | {"limits-0-limit": "10", "then": "check"}
    text = said(client.post("/charter/draft/", form, **HTMX))
    assert "Public-2026: Row 1 (discount on a line, 18 %) goes beyond the charter (10 %)." in text
    assert "All products: nobody may give more than 10 % discount on a line." in text


def test_check_of_a_new_mandate_saves_nothing(world: World, client: Client) -> None:
    client.force_login(world.nora)
    form = opened(client, "/mandates/new") | {"limits-0-metric": "line_discount", "limits-0-member": "7"}
    text = said(client.post("/mandates/new", form | {"then": "check"}, **HTMX))
    assert "All products: a member may give up to 7 % discount on a line" in text
    assert "Name at least one team" in text


# --- rows pasted, and conditions chosen ---


def test_paste_adds_rows_with_their_errors_and_keeps_what_it_leaves_out(nora: Client) -> None:
    pasted = "What\tFamily\tMember\tColour\nmargin on a line\tcloud\tx\tred"
    answer = nora.post(DRAFT, opened(nora) | {"pasted": pasted, "then": "paste"})
    fields = _fields(answer.content.decode())
    assert (fields["limits-4-metric"], fields["limits-4-member"]) == (["line_margin"], ["x"])
    assert "1 row was added." in said(answer)
    assert "left out: Colour" in said(answer)
    assert fields["pasted"] == [pasted]
    assert "“x” is no number" in said(answer)
    assert draft().edition == 1


def test_chooser_offers_families_as_a_tree_with_what_is_chosen(nora: Client) -> None:
    answer = nora.post(DRAFT, opened(nora) | {"choose": "limits-0-family"}, **HTMX)
    page = answer.content.decode()
    assert re.search(r'value="network" checked', page)
    assert page.index('value="network"') < page.index('value="network/switches"') < page.index('value="services"')
    assert "<form" not in page


@pytest.mark.parametrize(
    ("name", "asked", "offered", "others"),
    [
        ("product", "SW", ["SW-24P", "SW-48P"], ["RT-1"]),
        ("customer", "hoog", ["C-17"], ["C-18"]),
        ("segment", "", ["industry", "public", "retail"], []),
        ("country", "", ["BE", "LU", "NL"], ["FR"]),
        ("currency", "", ["EUR", "GBP", "USD"], ["CHF"]),
        ("currency", "CH", ["CHF"], ["EUR"]),
        ("channel", "", ["direct"], []),
    ],
)
def test_chooser_offers_what_exists(
    world: World, nora: Client, name: str, asked: str, offered: list[str], others: list[str]
) -> None:
    deal_draft(world)
    field = f"limits-3-{name}"
    form = opened(nora) | {"choose": field, "pick_for": field, "pick_q": asked}
    page = nora.post(DRAFT, form, **HTMX).content.decode()
    found = re.findall(r'name="pick" value="([^"]*)"', page)
    assert set(offered) <= set(found)
    assert not set(others) & set(found)


def test_chooser_without_scripts_takes_over_what_was_ticked(nora: Client) -> None:
    form = opened(nora) | {"limits-0-member": "11"}
    page = nora.post(DRAFT, form | {"choose": "limits-0-family"}).content.decode()
    assert 'class="chooser"' in page
    assert " open" in page[page.index("<dialog") : page.index("<dialog") + 200]
    answer = nora.post(DRAFT, form | {"picked": "limits-0-family", "pick": ["cloud", "network/switches"]})
    fields = _fields(answer.content.decode())
    assert fields["limits-0-family"] == ["cloud, network/switches"]
    assert fields["limits-0-member"] == ["11"]


def test_chooser_of_nothing_that_is_shows_the_editor(nora: Client) -> None:
    for field in ("limits-0-nonsense", "nonsense", "limits-x-family"):
        assert nora.post(DRAFT, opened(nora) | {"choose": field}).status_code == 200


# --- quiet saving ---


def test_autosave_keeps_what_was_typed_and_says_so(nora: Client) -> None:
    form = opened(nora) | {"limits-1-member": "7", "goal": "More.", "walk_away": "None.", "options": "Terms."}
    answer = nora.post(DRAFT, form | {"then": "auto"}, **HTMX)
    page = answer.content.decode()
    assert "Saved at " in said(answer)
    assert limits()[1]["member"] == "7"
    assert aims_of(draft()).walk_away == "None."
    assert re.search(r'name="edition" id="id_edition" value="2"', page)
    again = {"edition": "2", "base": html.unescape(re.findall(r'id="id_base" value="([^"]*)"', page)[0])}
    assert nora.post(DRAFT, form | again | {"then": "auto"}, **HTMX).status_code == 200
    assert draft().edition == 2
    assert Event.objects.filter(verb="mandate.edited").count() == 1


def test_autosave_of_what_cannot_be_saved_says_why_and_keeps_nothing(nora: Client) -> None:
    answer = nora.post(DRAFT, opened(nora) | {"name": "", "limits-1-member": "7", "then": "auto"}, **HTMX)
    assert answer.status_code == 422
    assert "Not saved: look at Name." in said(answer)
    assert limits()[1]["member"] == "8"


def test_autosave_of_a_new_mandate_waits_for_the_first_saving(world: World, client: Client) -> None:
    client.force_login(world.nora)
    answer = client.post("/mandates/new", opened(client, "/mandates/new") | {"then": "auto"}, **HTMX)
    assert "Not saved yet." in said(answer)
    assert not MandateVersion.objects.filter(state="draft").exists()


def test_autosave_of_a_draft_that_somebody_changed_overwrites_nothing(world: World, nora: Client) -> None:
    form = opened(nora)
    _theirs(world)
    answer = nora.post(DRAFT, form | {"limits-1-member": "7", "then": "auto"}, **HTMX)
    assert answer.status_code == 409
    assert "Look at both" in said(answer)
    assert 'id="id_edition"' not in answer.content.decode()
    assert limits()[1]["member"] == "5"


def test_timeline_tells_a_sitting_of_one_person_once(nora: Client) -> None:
    for member in ("7", "6", "5"):
        assert nora.post(DRAFT, opened(nora) | {"limits-1-member": member, "then": "auto"}, **HTMX).status_code == 200
    assert Event.objects.filter(verb="mandate.edited").count() == 3
    verbs = [entry.verb for entry in nora.get("/mandates/public-2026/").context["timeline"]]
    assert verbs == ["mandate.edited", "mandate.drafted"]


# --- two who changed the same draft ---


def _theirs(world: World, **changes: Any) -> None:
    """Somebody else saves the draft: the second row's member bound becomes 5."""
    version = draft()
    join_draft(version=version, by=world.noud, at=world.at)
    document = json.loads(version.document)
    document["limits"][1]["member"] = "5"
    edit_draft(
        version=version,
        by=world.noud,
        at=world.at,
        edition=version.edition,
        document=document | changes,
        teams=[world.teams["public"]],
        note="Wider.",
    )


def test_two_who_changed_different_things_are_merged(world: World, nora: Client) -> None:
    form = opened(nora) | {"limits-3-team": "90", "goal": "Mine."}
    _theirs(world)
    answer = nora.post(DRAFT, form)
    assert answer.status_code == 409
    assert "You changed different things" in said(answer)
    merged = nora.post(DRAFT, _fields(answer.content.decode()) | {"then": "merge"})
    assert merged.status_code == 302
    assert (limits()[1]["member"], limits()[3]["team"], aims_of(draft()).goal) == ("5", "90", "Mine.")


@pytest.mark.parametrize(("choice", "member"), [("theirs", "5"), ("mine", "7")])
def test_two_who_changed_the_same_bound_choose(world: World, nora: Client, choice: str, member: str) -> None:
    form = opened(nora) | {"limits-1-member": "7"}
    _theirs(world, consents=3)
    answer = nora.post(DRAFT, form)
    assert "it was 8 %, they say 5 %, you say 7 %" in said(answer)
    sent = _fields(answer.content.decode()) | {"then": "merge"}
    refused = nora.post(DRAFT, sent)
    assert refused.status_code == 422
    assert "Choice 1 is still open" in said(refused)
    assert nora.post(DRAFT, sent | {"choose-limits:1.member": choice}).status_code == 302
    assert (limits()[1]["member"], document_of(draft())["consents"]) == (member, 3)


def test_two_who_changed_the_same_row_keep_both(world: World, nora: Client) -> None:
    form = opened(nora) | {"limits-1-member": "7"}
    _theirs(world)
    sent = _fields(nora.post(DRAFT, form).content.decode()) | {"then": "merge", "choose-limits:1": "both"}
    assert nora.post(DRAFT, sent).status_code == 302
    assert [row["member"] for row in limits()] == ["12", "5", "7", "45", "30"]


def test_merge_of_a_draft_that_changed_once_more_meets_again(world: World, nora: Client) -> None:
    form = opened(nora) | {"limits-3-team": "90"}
    _theirs(world)
    sent = _fields(nora.post(DRAFT, form).content.decode()) | {"then": "merge"}
    _theirs(world, consents=4)
    again = nora.post(DRAFT, sent)
    assert again.status_code == 409
    assert nora.post(DRAFT, _fields(again.content.decode()) | {"then": "merge"}).status_code == 302
    assert (limits()[3]["team"], document_of(draft())["consents"]) == ("90", 4)


def test_save_without_what_one_began_with_asks_for_every_difference(world: World, nora: Client) -> None:
    """Nothing is taken for unchanged that the page does not say it began with."""
    form = opened(nora) | {"limits-1-member": "7", "base": "nonsense"}
    _theirs(world)
    answer = nora.post(DRAFT, form)
    assert answer.status_code == 409
    assert limits()[1]["member"] == "5"


def test_two_who_changed_the_charter_meet_too(world: World, client: Client) -> None:
    draft_charter(by=world.olivier, at=world.at, note="Tighter.")
    client.force_login(world.olivier)
    first = opened(client, "/charter/draft/")
    client.post("/charter/draft/", first | {"limits-0-limit": "40"})
    answer = client.post("/charter/draft/", first | {"capital_rate": "5"})
    assert answer.status_code == 409
    assert client.post("/charter/draft/", _fields(answer.content.decode()) | {"then": "merge"}).status_code == 302
    document = document_of(CharterVersion.objects.get(number=2))
    assert (document["limits"][0]["limit"], document["capital_rate"]) == ("40", "5")


def test_draft_of_somebody_else_is_read_and_joined(world: World, nora: Client) -> None:
    nora.force_login(world.noud)
    page = nora.get(DRAFT).content.decode()
    assert "Draft it together" in page
    assert "data-live" not in page[page.index("<form id=") : page.index("<form id=") + 300]
    assert nora.post(DRAFT, opened(nora)).status_code == 403
    assert nora.post("/mandates/public-2026/draft/join").status_code == 302
    assert nora.post(DRAFT, opened(nora) | {"limits-1-member": "7"}).status_code == 302
    assert limits()[1]["member"] == "7"


# --- steps of buttons ---


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "[1]", "[[1]]", '{"a": 1}', '[["set", "limits", "x", 0, {}]]', "[" * 5000]
)
def test_read_steps_of_nonsense_is_no_step(text: str) -> None:
    assert read_steps(text) == []


def test_changed_does_what_steps_say_and_nothing_for_rows_that_are_not_there() -> None:
    data = QueryDict("limits-0-metric=a&limits-0-family=x&limits-0-term_months_from=3&limits-4-metric=b&valid_from=1")
    steps = [
        Step("clear", "limits", 0, fields=(("term_months", ""),)),
        Step("set", "limits", 1, fields=(("member", "5"),)),
        Step("move", "limits", 1, 0),
        Step("set", "limits", 9, fields=(("member", "5"),)),
        Step("move", "limits", 0, 9),
        Step("set", "nonsense", 0),
        Step("field", fields=(("valid_from", "2"),)),
    ]
    after = changed(typed_in(data), steps)
    assert after.rows("limits") == [{"metric": "b", "member": "5"}, {"metric": "a", "family": "x"}]
    assert after.data["valid_from"] == "2"


@pytest.mark.parametrize("row", ["limits", "limits:fly:0", "teams:add", ""])
def test_pressed_button_that_means_nothing_is_no_step(row: str) -> None:
    assert pressed({"row": row}) == []


def test_editor_of_many_rows_asks_the_database_no_more_often(
    world: World, nora: Client, django_assert_max_num_queries: Any
) -> None:
    form = opened(nora)
    for number in range(4, 60):
        form |= {f"limits-{number}-metric": "line_discount", f"limits-{number}-family": f"network/x{number}"}
    with django_assert_max_num_queries(30):
        assert checked(nora, form).status_code == 200


# --- several teams ---


def test_mandate_held_by_several_teams_is_saved_with_all_of_them(world: World, nora: Client) -> None:
    teams = [str(world.teams[code].pk) for code in ("public", "retail")]
    assert nora.post(DRAFT, opened(nora) | {"teams": teams}).status_code == 302
    assert sorted(draft().holders.values_list("team__code", flat=True)) == ["public", "retail"]
