"""What one reader is shown of a judgement: the true answer, its findings as far as they may be known, the names."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.judging import Preview
from approvals.models import Decision
from approvals.readings import figures
from approvals.readings.blind import names_mandate, tells_cost, without_cost
from approvals.readings.findings import Names
from approvals.readings.verdict import Group, People, Reader, Verdict, grouped, readings_of, verdict
from approvals.readings.way import told
from mandates.balances import usage
from mandates.engine import evaluate
from mandates.models import MandateVersion, Product
from teams.models import Committee, Customer, Team

Document = Mapping[str, Any]


def names_of(*deals: Document) -> Names:
    """Return what the products of these deal documents, and all committees, are called; two queries."""
    products = product_names(line["product"] for deal in deals for line in deal["lines"])
    return Names(products, dict(Committee.objects.values_list("code", "name")))


def product_names(codes: Iterable[str]) -> dict[str, str]:
    """Return what products are called, by code."""
    return dict(Product.objects.filter(code__in=set(codes)).values_list("code", "name"))


def verdict_of(
    preview: Preview, *, team: Team, customer: Customer, reader: Reader, products: Mapping[str, str], days: int
) -> Verdict | None:
    """Return what the page says to a preview; None where there is no answer (its `problems` say why).

    `products` are the names of the deal's products by their codes, `days` the working days a colleague has.
    """
    if preview.case is None or preview.answer is None:
        return None
    case, shown = _as_known(preview.case, preview.answer, reader.sees_cost, guide=True)
    committees = dict(Committee.objects.values_list("code", "name"))
    notes = _budget_notes(shown, case, preview.versions, team=team, customer=customer)
    return verdict(
        case=case,
        answer=preview.answer,
        shown=shown,
        names=Names(
            products,
            committees,
            {code: version.mandate.name for code, version in preview.versions.items()},
        ),
        people=People(preview.colleagues, preview.too_few, told(preview.way, committees, days=days)),
        reader=reader,
        notes=notes,
        hides_margin=not reader.sees_cost and tells_cost(preview.case),
    )


def findings_of(decision: Decision, *, sees_cost: bool, names: Names) -> tuple[Group, ...]:
    """Return the findings of a stored judgement, as far as the reader may know them."""
    case, shown = _as_known(*documents_of(decision), sees_cost, guide=False)
    return grouped(readings_of(shown, case, names))


def documents_of(decision: Decision) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the case and the answer of a stored judgement."""
    return json.loads(decision.case_document), json.loads(decision.answer_document)


def documents_as_known(case: Document, answer: Document, *, sees_cost: bool) -> tuple[Document, Document]:
    """Return the two documents as far as this reader may know them; a blind reader's hashes are taken over these."""
    if sees_cost:
        return case, answer
    blind = without_cost(case)
    told = {name: answer[name] for name in ("outcome", "consents", "committees")}
    return blind, {**told, "findings": evaluate(blind)["findings"]}


def answer_as_known(case: Document, answer: Document, *, sees_cost: bool, guide: bool) -> dict[str, Any]:
    """Return a live answer as far as this reader may know it: all of it, or what does not depend on the cost.

    To a blind reader `mandate`, `version` and `guide` are null where they could tell a cost.
    """
    if sees_cost:
        return dict(answer)
    blind = without_cost(case)
    shown = evaluate(blind, guide=guide and not tells_cost(case))
    named = names_mandate(case)
    known: dict[str, Any] = {
        "outcome": answer["outcome"],
        "mandate": shown["mandate"] if named else None,
        "version": shown["version"] if named else None,
        "consents": answer["consents"],
        "committees": answer["committees"],
        "findings": shown["findings"],
    }
    return {**known, "guide": shown.get("guide")} if guide else known


def _as_known(case: Document, answer: Document, sees_cost: bool, *, guide: bool) -> tuple[Document, Document]:
    """Return the case and the answer that this reader's findings come from."""
    if sees_cost:
        return case, answer
    blind = without_cost(case)
    shown = evaluate(blind, guide=guide and not tells_cost(case))
    if not names_mandate(case):
        shown = {**shown, "says_mandate": False}
    return blind, shown


def _budget_notes(
    answer: Document, case: Document, versions: Mapping[str, MandateVersion], *, team: Team, customer: Customer
) -> list[str]:
    """Return a sentence for each budget that this deal would fit, had other deals not taken the room first."""
    short = [finding for finding in answer["findings"] if finding["reason"] == "beyond_budget" and finding["value"]]
    version = versions.get(answer["mandate"] or "")
    if not short or version is None:
        return []
    rows = next(one["budgets"] for one in case["mandates"] if one["code"] == answer["mandate"])
    uses = usage(version=version, on=date.fromisoformat(case["on"]), team=team, customer=customer)
    notes = []
    for finding in short:
        row, use = rows[finding["limit"]], uses[finding["limit"]]
        used = Decimal(str(row["used"]))
        waiting = used - use.committed
        if waiting > 0 and Decimal(finding["value"]) - waiting <= Decimal(str(row["amount"])):
            notes.append(
                _("Another deal took the room first: %(held)s of this budget is held by deals that are still open.")
                % {"held": figures.money(waiting, use.currency)}
            )
    return notes
