"""After a draft was saved: its files and supporting teams, then on to where the person wanted to go."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.actions.draft import support, unsupport
from approvals.actions.files import attach
from approvals.models import Deal
from approvals.views.looking import PageRequest
from journal.refusals import Refusal
from teams.models import Team


def saved(request: PageRequest, deal: Deal) -> HttpResponse:
    """Keep what else was sent with a draft that is saved now; a refusal of it is told and loses nothing else."""
    keep_files(request, deal)
    _keep_supports(request, deal)
    if request.POST.get("do") == "review":
        return redirect("approvals:check", deal.reference)
    messages.success(request, _("The draft %(reference)s is saved.") % {"reference": deal.reference})
    return redirect("approvals:edit", deal.reference)


def keep_files(request: PageRequest, deal: Deal) -> int:
    """Keep each file that was sent with a deal; say what became of those that are not kept. Returns how many are."""
    kept = 0
    for upload in request.FILES.getlist("files"):
        try:
            attach(deal=deal, by=request.user, at=timezone.now(), file=upload, name=upload.name or "")
            kept += 1
        except Refusal as refusal:
            messages.error(request, f"{upload.name}: {refusal.detail}")
    return kept


def _keep_supports(request: PageRequest, deal: Deal) -> None:
    if "supports_shown" not in request.POST:
        return
    wanted = set(request.POST.getlist("supporting"))
    now = set(deal.supports.values_list("team__code", flat=True))
    # only what this person changed: a team that somebody else added meanwhile stays
    found = set(request.POST["supports_base"].split()) if "supports_base" in request.POST else now
    changed = (wanted - found - now) | ((found - wanted) & now)
    for team in Team.objects.filter(code__in=changed).order_by("code"):
        change = support if team.code in wanted else unsupport
        try:
            change(deal=deal, team=team, by=request.user, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.detail)
