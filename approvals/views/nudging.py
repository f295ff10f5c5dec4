"""Reminding those who have not answered: each POST is one action, then the deal again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.actions.nudging import nudge_case, nudge_round
from approvals.models import ConsentRound
from approvals.views.looking import PageRequest, case_of, deal_of


@require_POST
@login_required
def case(request: PageRequest, pk: int) -> HttpResponse:
    """Remind the members of a committee who have not voted."""
    found = case_of(request, pk)
    nudge_case(case=found, by=request.user, at=timezone.now())
    messages.success(request, _("%(committee)s is reminded.") % {"committee": found.committee.name})
    return redirect("approvals:deal", found.deal.reference)


@require_POST
@login_required
def consent(request: PageRequest, reference: str) -> HttpResponse:
    """Remind the colleagues who have not answered."""
    deal = deal_of(request, reference)
    rounds = ConsentRound.objects.select_related("revision")
    round = get_object_or_404(rounds, revision=deal.latest_id, state=ConsentRound.State.OPEN)
    nudge_round(round=round, by=request.user, at=timezone.now())
    messages.success(request, _("Your colleagues are reminded."))
    return redirect("approvals:deal", deal.reference)
