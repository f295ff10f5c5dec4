"""The fields of an editor's row: one bare input each, with its name, its value, and what is wrong with it."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mandates.engine import METRICS, PERIODS, PERS
from mandates.forms.rows import Row
from mandates.phrases import CHOICES, PHRASES
from mandates.views.reading import PER
from mandates.views.reading import PERIODS as PERIOD_LABELS

register = template.Library()


def _wrong(row: Row, name: str) -> SafeString:
    """Return the attributes that point to what is said about a field."""
    checks = row.checks.get(name, [])
    if not checks:
        return SafeString("")
    invalid = SafeString(' aria-invalid="true"') if any(check.stops for check in checks) else SafeString("")
    return format_html('{} aria-describedby="{}-{}-said"', invalid, row.name, name)


@register.simple_tag
def row_input(row: Row, name: str, label: str, mode: str = "text", hint: str = "") -> SafeString:
    """Return a text field of a row; `mode` is the keyboard: text, decimal or numeric."""
    return format_html(
        '<input type="text" id="id_{}-{}" name="{}-{}" value="{}" aria-label="{}" inputmode="{}" autocomplete="off"'
        ' maxlength="2000" placeholder="{}"{}>',
        row.name,
        name,
        row.name,
        name,
        row.values.get(name, ""),
        label,
        mode,
        hint,
        _wrong(row, name),
    )


@register.simple_tag
def row_check(row: Row, name: str, choice: str) -> SafeString:
    """Return one ticked or unticked box of a condition with few values."""
    return format_html(
        '<label class="tick"><input type="checkbox" id="id_{}-{}_{}" name="{}-{}_{}" value="on"{}{}>{}</label>',
        row.name,
        name,
        choice,
        row.name,
        name,
        choice,
        SafeString(" checked") if row.values.get(f"{name}_{choice}") else "",
        _wrong(row, f"{name}_{choice}"),
        CHOICES[choice],
    )


def _select(row: Row, name: str, label: str, options: Iterable[tuple[str, Any]]) -> SafeString:
    """Return a choice; what was typed and is not offered stays chosen, so that it is not lost."""
    value = row.values.get(name, "")
    offered = list(options)
    if value and value not in {code for code, _said in offered}:
        offered.append((value, value))
    listed = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, SafeString(" selected") if code == value else "", said) for code, said in offered),
    )
    return format_html(
        '<select id="id_{}-{}" name="{}-{}" aria-label="{}"{}>{}</select>',
        row.name,
        name,
        row.name,
        name,
        label,
        _wrong(row, name),
        listed,
    )


@register.simple_tag
def row_metric(row: Row, label: str) -> SafeString:
    """Return the choice of what a limit bounds."""
    return _select(row, "metric", label, [("", "—"), *((name, PHRASES[name].label) for name in METRICS)])


@register.simple_tag
def row_committee(row: Row, label: str, committees: Iterable[tuple[str, str]]) -> SafeString:
    """Return the choice of the committee beyond a limit; blank means the mandate's own."""
    return _select(row, "committee", label, committees)


@register.simple_tag
def row_per(row: Row, label: str) -> SafeString:
    """Return the choice of who receives a budget."""
    return _select(row, "per", label, [("", "—"), *((name, PER[name]) for name in PERS)])


@register.simple_tag
def row_period(row: Row, label: str) -> SafeString:
    """Return the choice of a budget's period."""
    return _select(row, "period", label, [("", "—"), *((name, PERIOD_LABELS[name]) for name in PERIODS)])
