"""Every change to who is who; one function for each, one transaction each."""

from teams.actions.absences import (
    confirm_substitute,
    end_absence,
    end_substitute,
    name_substitute,
    set_absence,
)
from teams.actions.answering import confirm_change, decline_change, propose_change, take_back_change
from teams.actions.calendars import (
    choose_calendar,
    create_calendar,
    discard_calendar_draft,
    draft_calendar,
    put_calendar_in_force,
)
from teams.actions.committees import create_committee
from teams.actions.competences import declare_competence, drop_competence
from teams.actions.customers import assign_customer, change_customer, create_customer, hand_over
from teams.actions.keys import create_token, revoke_token
from teams.actions.membership import add_member, change_role, change_team, create_team, end_membership
from teams.actions.merging import merge_teams
from teams.actions.people import (
    accept_invitation,
    change_user,
    deactivate_user,
    end_role,
    first_use,
    grant_role,
    invite_again,
    invite_user,
    reactivate_user,
)
from teams.actions.rota import end_turn, plan_round, plan_turn
from teams.actions.settings import change_organisation

__all__ = [
    "accept_invitation",
    "add_member",
    "assign_customer",
    "change_customer",
    "change_organisation",
    "change_role",
    "change_team",
    "change_user",
    "choose_calendar",
    "confirm_change",
    "confirm_substitute",
    "create_calendar",
    "create_committee",
    "create_customer",
    "create_team",
    "create_token",
    "deactivate_user",
    "declare_competence",
    "decline_change",
    "discard_calendar_draft",
    "draft_calendar",
    "drop_competence",
    "end_absence",
    "end_membership",
    "end_role",
    "end_substitute",
    "end_turn",
    "first_use",
    "grant_role",
    "hand_over",
    "invite_again",
    "invite_user",
    "merge_teams",
    "name_substitute",
    "plan_round",
    "plan_turn",
    "propose_change",
    "put_calendar_in_force",
    "reactivate_user",
    "revoke_token",
    "set_absence",
    "take_back_change",
]
