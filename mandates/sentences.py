"""Mandates, charters and approvals read as sentences; each sentence stands on its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mandates.engine import METRICS
from mandates.phrases import (
    HIDDEN,
    PHRASES,
    bound_text,
    condition_text,
    conditions_text,
    day_text,
    either,
    figure,
    listed,
    metric_label,
    texts,
)

Names = Mapping[str, str]
Document = Mapping[str, Any]
NO_NAMES: Names = {}


# --- a mandate ---


def sentences(document: Document, *, committees: Names = NO_NAMES, teams: Sequence[str] = ()) -> list[str]:
    """Return a mandate document as sentences: who and when, what it covers, each limit, budgets, and the rest.

    `committees` maps codes to names, `teams` names the holding teams; without them the codes are spoken.
    """
    return [
        *opening(document, teams=teams),
        *limit_sentences(document, committees=committees),
        *budget_sentences(document),
        rest_sentence(document, committees),
    ]


def rest_sentence(document: Document, committees: Names = NO_NAMES) -> str:
    """Return who decides what no other sentence allows."""
    committee = _committee(document.get("committee"), committees)
    return _("What no sentence here allows goes to %(committee)s.") % {"committee": committee}


def opening(document: Document, *, teams: Sequence[str] = ()) -> list[str]:
    """Return who holds the mandate, from when until when, which deals it covers, and how many colleagues consent."""
    values = {
        "teams": listed(list(teams)),
        "start": day_text(document.get("valid_from", "")),
        "end": day_text(document.get("valid_until", "")),
    }
    if teams:
        held = ngettext(
            "The team %(teams)s holds this mandate from %(start)s until %(end)s.",
            "The teams %(teams)s hold this mandate from %(start)s until %(end)s.",
            len(teams),
        )
    else:
        held = _("This mandate holds from %(start)s until %(end)s.")
    return [held % values, scope_sentence(document), _consent_sentence(document.get("consents", 1)), *_late(document)]


def scope_sentence(document: Document) -> str:
    """Return which deals the mandate covers."""
    scope = document.get("scope") or {}
    if not scope:
        return _("It covers every deal.")
    return _("It covers deals %(conditions)s.") % {
        "conditions": conditions_text(scope, str(document.get("currency", "")))
    }


def _consent_sentence(consents: Any) -> str:
    count = consents if isinstance(consents, int) else 1
    return ngettext(
        "What the team may agree together needs the consent of %(count)s colleague.",
        "What the team may agree together needs the consent of %(count)s colleagues.",
        count,
    ) % {"count": count}


def _late(document: Document) -> list[str]:
    """Return how late payment counts, where a limit looks at it."""
    if not any(row.get("metric") == "effective_discount" for row in _rows(document, "limits")):
        return []
    text = _("Payment after %(days)s counts as a discount of %(rate)s a year.")
    return [
        text
        % {
            "days": figure(document.get("standard_payment_days", 30), "days"),
            "rate": figure(document.get("capital_rate", "0"), "percent"),
        }
    ]


def limit_sentences(document: Document, *, committees: Names = NO_NAMES) -> list[str]:
    """Return one sentence for each limit, in the order of the rows."""
    rows = _rows(document, "limits")
    return [_limit_sentence(document, rows, place, committees) for place in range(len(rows))]


def limit_sentence_at(document: Document, place: int, committees: Names = NO_NAMES) -> str:
    """Return the sentence of one limit. Raises: TypeError, ValueError and the like where it cannot be read."""
    return _limit_sentence(document, document["limits"], place, committees)


def _limit_sentence(document: Document, rows: Sequence[Document], place: int, committees: Names) -> str:
    row = rows[place]
    return limit_sentence(
        str(row.get("metric")),
        row.get("when") or {},
        (row.get("member"), row.get("team", row.get("member"))),
        currency=str(document.get("currency", "")),
        committee=_committee(row.get("committee") or document.get("committee"), committees),
        follows=_follows(rows, place),
    )


def _follows(rows: Sequence[Document], place: int) -> bool:
    """Whether an earlier row limits the same metric, so that this one speaks of what is left."""
    return any(row.get("metric") == rows[place].get("metric") for row in rows[:place])


def limit_sentence(
    metric: str,
    when: Mapping[str, Any],
    bounds: tuple[Any, Any],
    *,
    currency: str,
    committee: str,
    follows: bool = False,
) -> str:
    """Return one limit as a sentence.

    `bounds` are the member's and the team's: a number, "any", or None. `follows`: an earlier row limits the same
    metric, so this one speaks of what is left.
    """
    if metric not in PHRASES:
        return ""
    subject = subject_text(metric, when, currency, follows)
    if HIDDEN in bounds:
        return _(
            "%(subject)s: a bound on the %(metric)s that is not shown to you; beyond it %(committee)s decides."
        ) % {
            "subject": subject,
            "metric": metric_label(metric),
            "committee": committee,
        }
    allowed = _allowed(metric, bounds, currency)
    if not allowed:
        return _("%(subject)s: %(committee)s decides on the %(metric)s.") % {
            "subject": subject,
            "committee": committee,
            "metric": metric_label(metric),
        }
    if "any" in bounds:
        return _("%(subject)s: %(allowed)s.") % {"subject": subject, "allowed": allowed}
    return _("%(subject)s: %(allowed)s; beyond that %(committee)s decides.") % {
        "subject": subject,
        "allowed": allowed,
        "committee": committee,
    }


def _allowed(metric: str, bounds: tuple[Any, Any], currency: str) -> str:
    """Return what a member and the team may agree, empty where neither may agree anything."""
    phrase = PHRASES[metric]
    member, team = bounds
    kind = METRICS[metric].kind
    if member is None:
        if team is None:
            return ""
        said = phrase.team_any if team == "any" else phrase.team
        return str(said) % {"bound": figure(team, kind, currency)}
    if member == "any":
        return str(phrase.member_any)
    alone = str(phrase.member) % {"bound": figure(member, kind, currency)}
    if team is None or team == member:
        return alone
    if team == "any":
        return _("%(alone)s, the team without a bound") % {"alone": alone}
    then = str(phrase.then_team) % {"bound": figure(team, kind, currency)}
    return _("%(alone)s, %(then)s") % {"alone": alone, "then": then}


def subject_text(metric: str, when: Mapping[str, Any], currency: str, follows: bool) -> str:
    """Return what a row speaks of: products, or deals, with its conditions."""
    on_lines = metric in METRICS and METRICS[metric].on_lines
    if not when:
        if on_lines:
            return _("All other products") if follows else _("All products")
        return _("All other deals") if follows else _("All deals")
    rest = {name: raw for name, raw in when.items() if name not in ("family", "product")}
    conditions = conditions_text(rest, currency)
    if not on_lines:
        return _("Deals %(conditions)s") % {"conditions": conditions}
    products = _products(when) or (_("All other products") if follows else _("All products"))
    if not conditions:
        return products
    return _("%(products)s %(conditions)s") % {"products": products, "conditions": conditions}


def _products(when: Mapping[str, Any]) -> str:
    if "product" in when and "family" in when:
        return _("The product %(products)s of %(families)s") % {
            "products": either(texts(when["product"])),
            "families": listed(texts(when["family"])),
        }
    if "product" in when:
        return _("The product %(products)s") % {"products": either(texts(when["product"]))}
    if "family" in when:
        families = _families(when["family"])
        return _("Products of %(families)s") % {"families": families}
    return ""


def _families(raw: Any) -> str:
    return listed(texts(raw))


def budget_sentences(document: Document) -> list[str]:
    """Return one sentence for each budget."""
    currency = str(document.get("currency", ""))
    return [
        budget_sentence(row.get("per"), row.get("period"), row.get("amount"), currency)
        for row in _rows(document, "budgets")
    ]


def budget_sentence_at(document: Document, place: int) -> str:
    """Return the sentence of one budget; empty where it says nothing yet."""
    row = document["budgets"][place]
    if not (row.get("per") and row.get("period") and row.get("amount")):
        return ""
    return budget_sentence(row["per"], row["period"], row["amount"], str(document.get("currency", "")))


def budget_sentence(per: Any, period: Any, amount: Any, currency: str) -> str:
    """Return one budget as a sentence."""
    whole = {
        ("team", "month"): _("Each team may give away up to %(amount)s in a month."),
        ("team", "quarter"): _("Each team may give away up to %(amount)s in a quarter."),
        ("team", "year"): _("Each team may give away up to %(amount)s in a year."),
        ("team", "validity"): _("Each team may give away up to %(amount)s while the mandate is valid."),
        ("customer", "month"): _("Each customer may receive up to %(amount)s of discount in a month."),
        ("customer", "quarter"): _("Each customer may receive up to %(amount)s of discount in a quarter."),
        ("customer", "year"): _("Each customer may receive up to %(amount)s of discount in a year."),
        ("customer", "validity"): _(
            "Each customer may receive up to %(amount)s of discount while the mandate is valid."
        ),
    }
    said = whole.get((str(per), str(period)), "%(amount)s")
    return said % {"amount": figure(amount, "money", currency)}


# --- the charter ---


def charter_sentences(document: Document) -> list[str]:
    """Return a charter document as sentences, one for each bound."""
    rows = _rows(document, "limits")
    return [*(_charter_sentence(document, rows, place) for place in range(len(rows))), *_late(document)]


def charter_sentence_at(document: Document, place: int, names: Names = NO_NAMES) -> str:
    """Return the sentence of one bound. Raises: TypeError, ValueError and the like where it cannot be read."""
    return _charter_sentence(document, document["limits"], place)


def _charter_sentence(document: Document, rows: Sequence[Document], place: int) -> str:
    row, currency = rows[place], str(document.get("currency", ""))
    follows = _follows(rows, place)
    return charter_sentence(str(row.get("metric")), row.get("when") or {}, row.get("limit"), currency, follows)


def charter_sentence(metric: str, when: Mapping[str, Any], bound: Any, currency: str, follows: bool = False) -> str:
    """Return one bound of the charter as a sentence."""
    if metric not in PHRASES:
        return ""
    values = {"subject": subject_text(metric, when, currency, follows)}
    if bound is None:
        return _("%(subject)s: nobody may agree this at all.") % values
    if bound == "any":
        values["metric"] = metric_label(metric)
        return _("%(subject)s: the charter sets no bound (%(metric)s).") % values
    if bound == HIDDEN:
        values["metric"] = metric_label(metric)
        return _("%(subject)s: a bound on the %(metric)s that is not shown to you; nobody goes beyond it.") % values
    values["nobody"] = str(PHRASES[metric].nobody) % {"bound": figure(bound, METRICS[metric].kind, currency)}
    return _("%(subject)s: %(nobody)s.") % values


# --- a committee's approval ---


def approval_sentences(document: Document, *, products: Names = NO_NAMES) -> list[str]:
    """Return an approval (`decision.md` section 6) as sentences: until when, for which products, within what.

    `products` maps codes to names; without it the codes are spoken.
    """
    currency = str(document.get("currency", ""))
    found = [_("Good until %(day)s.") % {"day": day_text(document.get("until", ""))}]
    if document.get("products") is not None:
        pins = [_pin(products.get(code, code), pin, currency) for code, pin in document["products"].items()]
        found.append(_("For these products only: %(pins)s.") % {"pins": "; ".join(pins)})
    found += [_approved(row, currency, products) for row in _rows(document, "limits")]
    return list(dict.fromkeys(found))


def _pin(code: str, pin: Mapping[str, Any], currency: str) -> str:
    values = {"product": code, "quantity": "", "price": ""}
    quantity, price = pin.get("quantity"), pin.get("unit_price")
    if quantity is not None:
        values["quantity"] = figure(quantity, "number")
    if price is not None:
        values["price"] = figure(price, "money", currency).rstrip()
    if quantity is not None and price is not None:
        return _("%(product)s, at most %(quantity)s, at %(price)s each or more") % values
    if quantity is not None:
        return _("%(product)s, at most %(quantity)s") % values
    if price is not None:
        return _("%(product)s, at %(price)s each or more") % values
    return _("%(product)s in any quantity") % values


def figures_text(figures: Sequence[Document], currency: str, *, products: Names = NO_NAMES) -> str:
    """Return the figures that a yes is bound to, as they follow "if": each a phrase, joined."""
    return listed([_figure_text(figure, currency, products) for figure in figures])


def _figure_text(figure_row: Document, currency: str, products: Names) -> str:
    metric, code = str(figure_row["metric"]), figure_row.get("product")
    said = str(PHRASES[metric].at_most) % {"bound": figure(figure_row["bound"], METRICS[metric].kind, currency)}
    if not code:
        return said
    return _("%(said)s on %(product)s") % {"said": said, "product": products.get(str(code), str(code))}


def _approved(row: Mapping[str, Any], currency: str, products: Names) -> str:
    metric, bound, product = str(row.get("metric")), row.get("bound"), row.get("product")
    if metric == "budget":
        return _("It may go beyond the budget.")
    if metric == "mandate":
        return _("It needs no mandate.")
    if bound is None:
        said = _("the %(metric)s is approved as it stands") % {"metric": metric_label(metric)}
    else:
        money = str(row.get("currency") or currency)
        said = str(PHRASES[metric].at_most) % {"bound": figure(bound, METRICS[metric].kind, money)}
    if product:
        return _("%(product)s: %(said)s.") % {"product": products.get(str(product), str(product)), "said": said}
    return _("%(said)s.") % {"said": said[:1].upper() + said[1:]}


def _rows(document: Document, key: str) -> list[Mapping[str, Any]]:
    rows = document.get(key) or []
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _committee(code: Any, committees: Names) -> str:
    return committees.get(str(code), str(code or ""))


__all__ = [
    "approval_sentences",
    "bound_text",
    "budget_sentence",
    "budget_sentence_at",
    "budget_sentences",
    "charter_sentence",
    "charter_sentence_at",
    "charter_sentences",
    "condition_text",
    "conditions_text",
    "figures_text",
    "limit_sentence",
    "limit_sentence_at",
    "limit_sentences",
    "opening",
    "rest_sentence",
    "scope_sentence",
    "sentences",
    "subject_text",
]
