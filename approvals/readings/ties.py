"""What ties a committee member to a deal or its customer, so that they ask themselves whether to recuse."""

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.models import ConsentSeat, Deal
from teams.models import CustomerTeam, Membership, User


def ties(user: User, deal: Deal) -> list[str]:
    """Return in sentences how the person has worked on this deal or with this customer; empty where not at all."""
    names = {"customer": deal.customer.name, "team": deal.team.name}
    found = []
    if Membership.objects.filter(user=user, team=deal.team_id).exists():
        found.append(_("You work or worked in %(team)s, whose deal this is.") % names)
    if Membership.objects.filter(user=user, team__supported_deals__deal=deal).exists():
        found.append(_("You work or worked in a team that supports this deal."))
    if CustomerTeam.objects.filter(customer=deal.customer_id, contact=user).exists():
        found.append(_("You are or were the contact of %(customer)s.") % names)
    others = Deal.objects.filter(customer=deal.customer_id).exclude(pk=deal.pk)
    if others.filter(Q(contact=user) | Q(editors__user=user)).exists():
        found.append(_("You worked on another deal with %(customer)s.") % names)
    seats = ConsentSeat.objects.filter(user=user, round__revision__deal=deal).exclude(answer="")
    if seats.exists():
        found.append(_("You consented or objected as a colleague on this deal."))
    return found
