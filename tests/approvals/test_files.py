"""Files of a deal: what is kept, under which name, and until when it may be removed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import TestCase

from approvals.actions import files
from approvals.actions.files import attach, detach
from approvals.models import Attachment, Deal
from journal.refusals import Conflict, Invalid, NotAllowed
from tests.approvals.asking import verbs
from tests.factories import World, draft, submitted


@pytest.fixture(autouse=True)
def own_folder(settings: object, tmp_path: Path) -> Path:
    """Keep the test's files out of the product's."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def attached(made: World, deal: Deal, name: str = "tender.pdf", content: bytes = b"%PDF-1.7", **by: str) -> Attachment:
    """A file attached by a person of the world."""
    return attach(deal=deal, by=made.people[by.get("by", "bram")], at=made.at, file=ContentFile(content), name=name)


def test_attach_keeps_the_file_under_a_random_name(made: World, own_folder: Path) -> None:
    deal = draft(made)
    row = attached(made, deal, "..\\..\\etc/Offer (1).PDF")
    assert (row.name, row.size) == ("Offer (1).PDF", 8)
    stored = Path(row.file.path)
    assert stored.suffix == ".pdf" and "Offer" not in stored.name and stored.is_relative_to(own_folder)
    assert stored.read_bytes() == b"%PDF-1.7"
    assert verbs(deal) == ["deal.drafted", "deal.attached"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<script>", "file_type"),
        ("picture.svg", b"<svg>", "file_type"),
        ("noending", b"x", "file_type"),
        ("tender.pdf", b"", "file_empty"),
    ],
)
def test_attach_of_what_is_not_kept_is_refused(
    made: World, own_folder: Path, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        attached(made, draft(made), name, content)
    assert refusal.value.code == code
    assert not any(path.is_file() for path in own_folder.rglob("*"))


def test_attach_of_too_much_is_refused(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = draft(made)
    monkeypatch.setattr(files, "LARGEST", 10)
    with pytest.raises(Invalid) as refusal:
        attached(made, deal, content=b"x" * 11)
    assert refusal.value.code == "file_too_large"
    attached(made, deal, content=b"x" * 10)
    monkeypatch.setattr(files, "MOST_FILES", 1)
    with pytest.raises(Invalid):
        attached(made, deal)


@pytest.mark.parametrize("by", ["els", "gilles", "petra"])
def test_attach_by_somebody_outside_is_refused(made: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        attached(made, draft(made), by=by)


def test_detach_of_a_drafts_file_removes_it(made: World) -> None:
    deal = draft(made)
    row = attached(made, deal)
    stored = Path(row.file.path)
    with TestCase.captureOnCommitCallbacks(execute=True):
        detach(attachment=row, by=made.anke, at=made.at)
    assert not Attachment.objects.exists() and not stored.exists()
    assert verbs(deal)[-1] == "deal.detached"


def test_detach_of_a_file_that_was_submitted_is_refused(made: World) -> None:
    deal = submitted(made)
    Attachment.objects.create(
        deal=deal, file="x.pdf", name="x.pdf", size=1, sha256="0", added_by=made.bram, added_at=made.at
    )
    with pytest.raises(Conflict) as refusal:
        detach(attachment=Attachment.objects.get(), by=made.bram, at=made.at)
    assert refusal.value.code == "already_submitted"
    Attachment.objects.update(added_at=made.at + timedelta(hours=1))
    detach(attachment=Attachment.objects.get(), by=made.bram, at=made.at + timedelta(hours=2))
