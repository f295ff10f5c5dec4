"""What the demo's teams have asked for: one request that waits for a grantor, one that a grantor countered."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from insights.demo.founding import person, propose_confirmed
from mandates.actions import ask_for_mandate, counter
from mandates.checking import findings_of
from mandates.documents import document_of
from mandates.models import Mandate, MandateVersion
from teams.models import Team


def _wider(mandate: Mandate, place: int, team: str) -> dict[str, Any]:
    """Return the document in force with another team bound in one of its limits."""
    document = deepcopy(document_of(mandate.versions.get(number=1)))
    document["limits"][place]["team"] = team
    return document


def _place(mandate: Mandate, family: str) -> int:
    """Return which limit is on the discount of lines of a family; "" means of everything else."""
    rows = document_of(mandate.versions.get(number=1))["limits"]
    wanted = [(row.get("when") or {}).get("family", "") for row in rows if row["metric"] == "line_discount"]
    places = [index for index, row in enumerate(rows) if row["metric"] == "line_discount"]
    return places[wanted.index(family)]


def ask_from_below(at: datetime) -> None:
    """Bram asks for the enterprise team; Sofie asked for the public team, and Charlotte offers a little less."""
    _public_services(at)
    enterprise = Mandate.objects.get(code="enterprise")
    version = ask_for_mandate(
        team=Team.objects.get(code="enterprise"),
        by=person("bram"),
        at=at + timedelta(hours=1),
        mandate=enterprise,
        document=_wider(enterprise, _place(enterprise, ""), "27"),
        goal="Say yes to a whole branch network at the first meeting.",
        walk_away="They stay with their provider for another year, and ask again.",
        options="Installation at night, spare parts on site, a term of 48 months.",
        note="Customers with ten branches ask for 25 to 27 % on the switches. We wait two days each time.",
    )
    propose_confirmed(version, at=at + timedelta(hours=1, minutes=10))


def _public_services(at: datetime) -> MandateVersion:
    public = Mandate.objects.get(code="public")
    place = _place(public, "services")
    asked = ask_for_mandate(
        team=Team.objects.get(code="public"),
        by=person("sofie"),
        at=at,
        mandate=public,
        document=_wider(public, place, "14"),
        goal="Win the schools' installation work together with the network.",
        walk_away="A local installer does it, and we only deliver the boxes.",
        options="Work in the holidays, one installation for several schools.",
        note="Schools compare our installation with the installer around the corner: 8 % never reaches them.",
    )
    version = propose_confirmed(asked, at=at + timedelta(minutes=10))
    offered = _wider(public, place, "11")
    counter(
        version=version,
        by=person("charlotte"),
        at=at + timedelta(minutes=50),
        document=offered,
        reason="14 % leaves nothing of a day's work. With 11 % you meet the installer, if it is one visit.",
        confirmed=[finding.key for finding in findings_of(version, at, offered)],
    )
    return version
