"""What ties a committee member to a deal or its customer, so that they ask themselves whether to recuse."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from approvals.models import ConsentSeat, Deal
from teams.models import CustomerTeam, Membership, User


def ties(user: User, deal: Deal) -> list[str]:
    """Return in sentences how the person has worked on this deal or with this customer; empty where not at all."""
    places = Membership.objects.filter(user=OuterRef("pk"))
    others = Deal.objects.filter(customer=deal.customer_id).exclude(pk=deal.pk)
    asked = ConsentSeat.objects.filter(user=OuterRef("pk"), round__revision__deal=deal).exclude(answer="")
    tied = User.objects.filter(pk=user.pk).values_list(
        Exists(places.filter(team=deal.team_id)),
        Exists(places.filter(team__supported_deals__deal=deal)),
        Exists(CustomerTeam.objects.filter(customer=deal.customer_id, contact=OuterRef("pk"))),
        Exists(others.filter(Q(contact=OuterRef("pk")) | Q(editors__user=OuterRef("pk")))),
        Exists(asked),
    )
    sentences = (
        _("You work or worked in %(team)s, whose deal this is."),
        _("You work or worked in a team that supports this deal."),
        _("You are or were the contact of %(customer)s."),
        _("You worked on another deal with %(customer)s."),
        _("You consented or objected as a colleague on this deal."),
    )
    names = {"customer": deal.customer.name, "team": deal.team.name}
    return [sentence % names for sentence, holds in zip(sentences, tied.get(), strict=True) if holds]
