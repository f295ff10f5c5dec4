"""Why the permission table says no, in sentences for the person asked, by the stable code of the reason."""


def _(sentence: str) -> str:
    """Mark a sentence for translation; what shows it translates it, because this module knows no language."""
    return sentence


SENTENCES: dict[str, str] = {
    "unlisted": _("Nobody may do this."),
    "not_signed_in": _("Sign in first."),
    "operator": _("Operators run the site and decide nothing in it."),
    "coach_only": _("A coach sees and advises; the team's members and its account lead do this."),
    "not_in_team": _("Only members and the account lead of this team may do this."),
    "role_missing": _("This needs a role that you do not hold today. Ask a mandate administrator."),
    "not_yours_to_see": _("This deal is not yours to see."),
    "own_result": _("A second person reopens a deal whose result you entered."),
    "is_contact": _("You are the contact of this deal, so others decide on it."),
    "edited_it": _("You edited or submitted this deal, so others decide on it."),
    "not_asked": _("You were not asked for your consent on this revision."),
    "not_in_electorate": _("You were not on the committee when this case was opened."),
    "left_committee": _("You are no longer on this committee."),
    "asked_by_another": _("Whoever asked or proposed this takes it back, or the chair."),
    "reads_only": _("Auditors read everything and change nothing."),
    "written_by_another": _("Only whoever wrote a comment takes it back."),
    "right_lost": _("You lost the right to vote on this case while it was open, and it does not come back."),
    "recused": _("You recused yourself from this case: it counts for the quorum, and others vote on it."),
    "not_chair": _("This is for the person concerned, or for the chair of a committee on which they sit."),
    "not_planning": _("The chair of this committee or a mandate administrator plans who is on duty."),
    "own_substitute": _("A third person confirms who stands in."),
    "stands_in_for_party": _("You stand in for somebody whose own deal this is, so others decide on it."),
    "passed_on": _("The answer time was over, so the case passed to one member of the committee, who answers it."),
    "not_on_committee": _("Only the committee that gave this approval may revoke it."),
    "drafted_it": _("You drafted this version, so a second person answers it."),
    "asked_for_it": _("You asked for this, so a second person confirms it."),
    "holds_it": _("You belong to a team that holds this mandate, so somebody else answers it."),
    "proposed_it": _("You proposed this change, so a second person confirms it."),
    "gains_by_it": _("You gain a right by this change, so somebody else confirms it."),
    "proposed_by_another": _("Only whoever proposed this takes it back."),
    "not_yours_to_publish": _("The committee that decided a case publishes it as a precedent, or the account lead."),
    "published_by_another": _(
        "Whoever published a precedent withdraws it, the committee's chair, or the account lead."
    ),
    "took_no_part": _("Those who worked on the deal look back on it, or the account lead."),
    "cost_hidden": _("Cost and margin of this team are not shown to you."),
    "not_contact": _("Only the contact, the account lead or a mandate administrator may hand this customer over."),
    "not_with_the_team": _("Only the deal's team, its coaches and the teams that support it talk here."),
    "not_asked_for_advice": _("This question was put to somebody else."),
    "own_advice": _("This is your own advice: somebody else of the team says thank you for it."),
    "not_yours_to_say": _("What a person knows, that person says."),
}
