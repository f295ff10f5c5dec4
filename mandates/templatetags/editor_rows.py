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


def _errors(row: Row, name: str) -> tuple[SafeString, SafeString]:
    """Return the attributes that point to a field's errors, and the errors themselves."""
    found = row.errors.get(name, [])
    if not found:
        return SafeString(""), SafeString("")
    said = f"{row.name}-{name}-said"
    attributes = format_html(' aria-invalid="true" aria-describedby="{}"', said)
    items = format_html_join("", "<li>{}</li>", ((detail,) for detail in found))
    return attributes, format_html('<ul class="errorlist" id="{}">{}</ul>', said, items)


@register.simple_tag
def row_input(row: Row, name: str, label: str, mode: str = "text", hint: str = "") -> SafeString:
    """Return a text field of a row; `mode` is the keyboard: text, decimal or numeric."""
    attributes, errors = _errors(row, name)
    field = format_html(
        '<input type="text" id="id_{}-{}" name="{}-{}" value="{}" aria-label="{}" inputmode="{}" autocomplete="off"'
        ' maxlength="400" placeholder="{}"{}>',
        row.name,
        name,
        row.name,
        name,
        row.values.get(name, ""),
        label,
        mode,
        hint,
        attributes,
    )
    return field + errors


@register.simple_tag
def row_check(row: Row, name: str, choice: str) -> SafeString:
    """Return one ticked or unticked box of a condition with few values."""
    attributes, errors = _errors(row, f"{name}_{choice}")
    field = format_html(
        '<label class="tick"><input type="checkbox" id="id_{}-{}_{}" name="{}-{}_{}" value="on"{}{}>{}</label>',
        row.name,
        name,
        choice,
        row.name,
        name,
        choice,
        SafeString(" checked") if row.values.get(f"{name}_{choice}") else "",
        attributes,
        CHOICES[choice],
    )
    return field + errors


def _select(row: Row, name: str, label: str, options: Iterable[tuple[str, Any]]) -> SafeString:
    attributes, errors = _errors(row, name)
    value = row.values.get(name, "")
    listed = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, SafeString(" selected") if code == value else "", said) for code, said in options),
    )
    field = format_html(
        '<select id="id_{}-{}" name="{}-{}" aria-label="{}"{}>{}</select>',
        row.name,
        name,
        row.name,
        name,
        label,
        attributes,
        listed,
    )
    return field + errors


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
