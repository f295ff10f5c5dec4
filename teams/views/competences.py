"""What one knows about, so that colleagues find whom to ask: said by oneself, read by everybody."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teams import actions
from teams.competences import word_of
from teams.forms.competences import CompetenceForm
from teams.models import Competence
from teams.permissions import About
from teams.views.profile import crumbs
from teams.views.requests import PageRequest, allowed, form_page, moved, posted, reader


@reader()
def competences(request: PageRequest) -> HttpResponse:
    """List what one knows about, and add to it."""
    rows = Competence.objects.filter(user=request.user).order_by("kind", "name")
    context = {
        "rows": [{"row": row, "words": word_of(row)} for row in rows],
        "may_declare": allowed(request, "competence.declare", About(owner_id=request.user.pk)),
        "crumbs": crumbs(),
    }
    form = CompetenceForm(posted(request))
    return form_page(
        request,
        form,
        lambda: actions.declare_competence(by=request.user, at=timezone.now(), **form.values),
        lambda _row: reverse("teams:competences"),
        context=context,
        said=_("Colleagues find you for it now."),
        template="teams/competences.html",
    )


@reader()
def drop(request: PageRequest, pk: int) -> HttpResponse:
    """No longer name one of one's own."""
    row = get_object_or_404(Competence, pk=pk, user=request.user)
    return moved(
        request,
        lambda: actions.drop_competence(competence=row, by=request.user, at=timezone.now()),
        reverse("teams:competences"),
        _("It is no longer named."),
    )
