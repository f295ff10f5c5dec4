"""Every template compiles, obeys the Content-Security-Policy, and the frame stays within its weight."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.utils import translation

TEMPLATES = Path(settings.BASE_DIR) / "templates"
HTML = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
PAGES = [name for name in HTML if not name.startswith("mail/")]
COMPONENTS = [name for name in HTML if name.startswith("components/")]
WEIGHT = 60_000
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=[\"']|\shx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.mark.parametrize("name", HTML)
def test_template_read_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_template_under_the_policy_has_nothing_inline(name: str) -> None:
    """Failed when `style="width: 40%"` was put into components/budget.html."""
    assert INLINE.search((TEMPLATES / name).read_text()) is None


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_read_says_what_it_takes(name: str) -> None:
    assert "{% comment %}" in (TEMPLATES / name).read_text()[:200]


def test_frame_rendered_without_context_shows_no_navigation() -> None:
    page = render_to_string("base.html", {})
    assert '<main id="main"' in page
    assert "<nav" not in page


def test_frame_weighed_with_every_script_is_light() -> None:
    names = [path.name for path in (Path(settings.BASE_DIR) / "static").iterdir() if path.suffix in {".css", ".js"}]
    found = [finders.find(name) for name in [*names, "django_htmx/htmx-2.min.js"]]
    weight = sum(len(gzip.compress(Path(str(path)).read_bytes())) for path in found)
    assert len(names) >= 9
    assert weight <= WEIGHT


class AnswerForm(forms.Form):
    price = forms.DecimalField(help_text="Without VAT.")
    note = forms.CharField(required=False)
    answer = forms.ChoiceField(widget=forms.RadioSelect, choices=[("yes", "Yes"), ("no", "No")])


def test_form_with_errors_starts_with_a_summary_that_links_to_the_fields() -> None:
    html = str(AnswerForm({"price": "x", "answer": "yes"}))
    assert html.index("data-error-summary") < html.index('id="id_price"')
    assert 'href="#id_price"' in html
    assert 'href="#id_note"' not in html
    assert 'aria-describedby="id_price_helptext id_price_error"' in html
    assert "<fieldset" in html


def test_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in str(AnswerForm())


RULER = {"label": "Discount", "outcome": "team", "value_text": "13,0 %", "start": 0, "span": 26, "value": 13.5}


def test_headroom_in_a_language_with_comma_keeps_points_in_the_drawing() -> None:
    """Failed without `localize off`: a path of "M13,5 0" is drawn somewhere else."""
    with translation.override("nl"):
        html = render_to_string("components/headroom.html", {**RULER, "member": 12.5, "team": 18})
    assert 'd="M13.5 0V10"' in html
    assert "12,5" not in html


def test_headroom_without_a_bound_gives_that_level_no_room() -> None:
    html = render_to_string("components/headroom.html", {**RULER, "member": None, "team": 18})
    assert "z-team" in html
    assert "z-member" not in html


def test_headroom_of_an_unmeasured_figure_has_words_only() -> None:
    html = render_to_string("components/headroom.html", {"label": "Margin", "value_text": "unknown"})
    assert '<svg class="ruler"' not in html
    assert "unknown" in html


@pytest.mark.parametrize(
    ("state", "current"),
    [("draft", 0), ("pending", 1), ("approved", 2), ("won", 3), ("declined", 2), ("lost", 3), ("lapsed", 3)],
)
def test_stepper_of_each_state_marks_one_step(state: str, current: int) -> None:
    html = render_to_string("components/stepper.html", {"state": state})
    steps = html.split("<li")[1:]
    assert [index for index, step in enumerate(steps) if "aria-current" in step] == [current]
