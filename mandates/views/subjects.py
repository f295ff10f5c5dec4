"""What the editor works on: a mandate that is not there yet, a mandate's draft, or the charter's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from journal.refusals import Invalid
from mandates.actions import draft_mandate, edit_charter, edit_draft
from mandates.advice import Check
from mandates.checking import Drafted, charter_checks, drafted, mandate_checks, tests_of
from mandates.documents import document_of
from mandates.drafters import aims_of, drafter_ids
from mandates.forms.changing import Typed
from mandates.forms.editor import Editor, document_in, editor_in, editor_of, initial_of
from mandates.forms.fields import CharterFieldsForm, MandateFieldsForm, NewMandateForm
from mandates.forms.meeting import state_of
from mandates.models import CharterVersion, Mandate, MandateVersion
from mandates.views.looking import PageRequest
from teams.models import Team

AIMS = ("goal", "walk_away", "options")


@dataclass(slots=True)
class Subject:
    """One thing that is drafted, with the request in which it is; form, checks and saving follow from it."""

    request: PageRequest
    version: MandateVersion | CharterVersion | None
    is_charter: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the reader drafts it, and so may change it."""
        return self.version is None or self.request.user.pk in drafter_ids(self.version)

    @property
    def mandate_version(self) -> MandateVersion | None:
        """The version where it is one of a mandate."""
        return self.version if isinstance(self.version, MandateVersion) else None

    @property
    def held_by(self) -> list[int]:
        """The ids of the teams that hold the stored draft."""
        version = self.mandate_version
        return [] if version is None else [holder.team_id for holder in version.holders.all()]

    # --- the page ---

    def start(self) -> dict[str, Any]:
        """Return the document that the editor begins with."""
        if self.version is not None:
            return document_of(self.version)
        known = self.request.organisation
        year = timezone.localdate().year
        return {
            "currency": known.currency,
            "valid_from": f"{year}-01-01",
            "valid_until": f"{year}-12-31",
            "committee": known.default_committee.code if known.default_committee else "",
            "consents": 1,
            "limits": [{}],
        }

    def editor(self) -> Editor:
        """Return the editor as it is opened."""
        document = self.start()
        form = self.form(initial=initial_of(document) | self.beside() | {"teams": self.held_by})
        return editor_of(form, document, self.checks(), charter=self.is_charter)

    def form(self, data: Any = None, initial: Any = None) -> Any:
        """Return the form of the plain fields."""
        if self.is_charter:
            return CharterFieldsForm(data, initial=initial)
        if self.version is None:
            return NewMandateForm(data, initial=initial)
        return MandateFieldsForm(data, initial=initial, held_by=self.held_by)

    def beside(self) -> dict[str, Any]:
        """Return what is stored beside the document; teams by their codes."""
        if self.version is None:
            return {}
        version = self.mandate_version
        if version is None:
            return {"note": self.version.note}
        aims = aims_of(version)
        teams = sorted(holder.team.code for holder in version.holders.all())
        about = {"name": version.mandate.name, "note": version.note, "teams": teams}
        return about | {name: getattr(aims, name) for name in AIMS}

    def state(self) -> dict[str, Any]:
        """Return what is stored, as a state that can be merged."""
        return state_of(self.start(), self.beside())

    # --- what is wrong ---

    def checks(self) -> list[Check]:
        """Return the checks of what is stored; of nothing there are none."""
        if self.version is None:
            return []
        at = timezone.now()
        version = self.mandate_version
        if version is None:
            return charter_checks(document_of(self.version), self.version.note, at)
        return mandate_checks(replace(drafted(version), tests=tuple(tests_of(version))), at)

    def editor_in(self, sent: Typed) -> Editor:
        """Return the editor with all as it was typed, and what is wrong with that."""
        document = self.document_in(sent)
        note = str(sent.data.get("note", ""))
        if self.is_charter:
            checks = charter_checks(document, note, timezone.now())
        else:
            checks = mandate_checks(self._drafted_in(sent, document, note), timezone.now())
        return editor_in(self.form(sent.data), sent, document, checks, charter=self.is_charter)

    def _drafted_in(self, sent: Typed, document: Mapping[str, Any], note: str) -> Drafted:
        version = self.mandate_version
        teams = _ids(sent.data.getlist("teams"))
        if version is None:
            return Drafted(document, None, teams, note)
        return Drafted(document, version.mandate_id, teams, note, tuple(tests_of(version)))

    def document_in(self, sent: Typed) -> dict[str, Any]:
        """Return the document that was typed, with the code and number that it will have."""
        document = document_in(sent, charter=self.is_charter)
        version = self.mandate_version
        if version is not None:
            return document | {"code": version.mandate.code, "version": version.number}
        return document if self.is_charter else document | {"code": sent.data.get("code", "") or "new", "version": 1}

    def state_in(self, sent: Typed, form: Any) -> dict[str, Any]:
        """Return what was typed, as a state that can be merged; the form is valid."""
        values = form.cleaned_data
        beside = {name: values.get(name, "") for name in ("name", "note", *AIMS)}
        if "teams" in values:
            beside["teams"] = sorted(team.code for team in values["teams"])
        return state_of(document_in(sent, charter=self.is_charter), beside)

    # --- saving ---

    def keep(self, values: Mapping[str, Any], document: Mapping[str, Any], edition: int) -> None:
        """Write what was typed; `values` are those of a valid form. Raises: Refusal."""
        by, at, note = self.request.user, timezone.now(), values["note"]
        if self.is_charter:
            version = cast(CharterVersion, self.version)
            self.version = edit_charter(version=version, by=by, at=at, edition=edition, document=document, note=note)
            return
        said = {name: values[name] for name in ("name", *AIMS)}
        teams: list[Team] = list(values["teams"])
        if self.version is None:
            if Mandate.objects.filter(code=values["code"]).exists():
                raise _code_taken()
            self.version = draft_mandate(
                by=by, at=at, code=values["code"], document=document, teams=teams, note=note, **said
            )
            return
        draft = cast(MandateVersion, self.version)
        self.version = edit_draft(
            version=draft, by=by, at=at, edition=edition, document=document, teams=teams, note=note, **said
        )

    # --- addresses ---

    @property
    def address(self) -> str:
        """The editor's own address."""
        if self.is_charter:
            return "/charter/draft/"
        version = self.mandate_version
        return "/mandates/new" if version is None else f"/mandates/{version.mandate.code}/draft/"

    @property
    def version_address(self) -> str:
        """The address of the version's page, where it is proposed."""
        number = self.version.number if self.version else 0
        version = self.mandate_version
        return (
            f"/charter/versions/{number}/"
            if version is None
            else f"/mandates/{version.mandate.code}/versions/{number}/"
        )

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """Where the editor lies."""
        if self.is_charter:
            return [{"url": "/charter/", "label": _("Charter")}]
        version = self.mandate_version
        mandates = [{"url": "/mandates/", "label": _("Mandates")}]
        if version is None:
            return mandates
        return [*mandates, {"url": f"/mandates/{version.mandate.code}/", "label": version.mandate.name}]


def _code_taken() -> Invalid:
    detail = _("There is a mandate with this code already. Draft its next version on its page.")
    return Invalid("code_taken", detail, path="code")


def _ids(texts: list[str]) -> frozenset[int]:
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19)
