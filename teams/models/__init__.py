"""Who is who: people, teams, customers, committees, and the dated rows that tie them together."""

from teams.models.absences import Absence, Substitution
from teams.models.calendars import Calendar, CalendarDay, CalendarVersion
from teams.models.committees import Committee, CommitteeChange, CommitteeSeat, DutyTurn
from teams.models.dated import CODE, DatedRow, holds_on
from teams.models.organisation import Organisation
from teams.models.people import ApiToken, Competence, Invitation, OrganisationRole, User, UserManager
from teams.models.places import Customer, CustomerTeam, Membership, Team

__all__ = [
    "CODE",
    "Absence",
    "ApiToken",
    "Calendar",
    "CalendarDay",
    "CalendarVersion",
    "Committee",
    "CommitteeChange",
    "CommitteeSeat",
    "Competence",
    "Customer",
    "CustomerTeam",
    "DatedRow",
    "DutyTurn",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationRole",
    "Substitution",
    "Team",
    "User",
    "UserManager",
    "holds_on",
]
