"""What approvals adds to the pages of teams, customers and mandates."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from approvals import concessions, deciding
from approvals.models import Deal, Decision
from approvals.readings import figures
from approvals.sight import on_visible_deals, visible_deals
from mandates import choosing
from mandates import sections as mandate_pages
from mandates.models import Mandate
from teams import sections as team_pages
from teams.models import Customer, Team
from teams.permissions import Person

MOST_SHOWN = 8
Built = tuple[str, Mapping[str, Any]] | None


def register() -> None:
    """Add the sections; called once, when the app is ready."""
    team_pages.team_sections["deciding"] = deciding.of_team
    team_pages.team_sections["deals"] = of_team
    team_pages.customer_sections["concessions"] = concessions.of_customer
    team_pages.customer_sections["deals"] = of_customer
    mandate_pages.mandate_sections["decisions"] = of_mandate
    choosing.channels.append(channels)


def channels() -> list[str]:
    """Return the channels that deals name, for whoever writes conditions."""
    return list(Deal.objects.exclude(channel="").order_by("channel").values_list("channel", flat=True).distinct())


def of_team(team: Team, person: Person, request: HttpRequest) -> Built:
    """Return the newest deals of a team that the reader may see."""
    return _deals(visible_deals(person).filter(team=team), f"team={team.code}")


def of_customer(customer: Customer, person: Person, request: HttpRequest) -> Built:
    """Return the newest deals of a customer that the reader may see."""
    return _deals(visible_deals(person).filter(customer=customer), f"q={customer.reference}")


def of_mandate(mandate: Mandate, person: Person, request: HttpRequest) -> Built:
    """Return the newest decisions under a mandate, of deals that the reader may see."""
    decisions = (
        Decision.objects.filter(on_visible_deals(person, "revision__deal_id"), mandate_version__mandate=mandate)
        .select_related("revision__deal__customer", "mandate_version")
        .order_by("-id")[:MOST_SHOWN]
    )
    rows = [{"decision": one, "net": _net(one.revision.deal, one.revision)} for one in decisions]
    return ("approvals/_section_decisions.html", {"rows": rows}) if rows else None


def _deals(deals: QuerySet[Deal], query: str) -> Built:
    found = list(deals.select_related("customer", "team", "latest").order_by("-id")[: MOST_SHOWN + 1])
    if not found:
        return None
    rows = [{"deal": deal, "net": _net(deal, deal.latest)} for deal in found[:MOST_SHOWN]]
    return "approvals/_section_deals.html", {"rows": rows, "query": query, "has_more": len(found) > MOST_SHOWN}


def _net(deal: Deal, revision: Any) -> str:
    return "" if revision is None else figures.money(revision.net_value, deal.currency)
