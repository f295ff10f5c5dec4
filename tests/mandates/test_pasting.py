"""Rows pasted from a spreadsheet: forgiving about headers and figures, and nothing of them lost."""

from typing import Any

import pytest
from django.utils.translation import override

from mandates.forms.lists import listed_words, words_text
from mandates.forms.pasting import metric_of, read_pasted

COMMITTEES = {"deal-desk": "Deal desk", "finance": "Finance committee"}


def rows(text: str, **options: Any) -> list[dict[str, str]]:
    return read_pasted(text, COMMITTEES, **options).rows


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_read_pasted_without_a_header_takes_the_columns_by_place(mark: str) -> None:
    lines = [
        ["Discount on a line", "network", "12,5 %", "18%", "Finance committee"],
        [],
        ["margin on a line", "", "45"],
    ]
    assert rows("\r\n".join(mark.join(cells) for cells in lines)) == [
        {"metric": "line_discount", "family": "network", "member": "12,5", "team": "18", "committee": "finance"},
        {"metric": "line_margin", "member": "45"},
    ]


def test_read_pasted_with_a_header_takes_the_columns_by_name_in_any_order() -> None:
    header = "TEAM\tMember bound\tWhat\tSegments\tTerm\tKind\tBeyond it"
    assert rows(f"{header}\n18\t12\tline_discount\tpublic, health\t24+\tnew, renewals\tfinance") == [
        {
            "team": "18",
            "member": "12",
            "metric": "line_discount",
            "segment": "public, health",
            "term_months_from": "24",
            "kind_new": "on",
            "kind_renewal": "on",
            "committee": "finance",
        }
    ]


def test_read_pasted_understands_the_readers_language() -> None:
    with override("nl"):
        text = "Wat\tFamilie\tLid\nkorting op een regel\tnetwork\t12,5"
        assert rows(text) == [{"metric": "line_discount", "family": "network", "member": "12,5"}]
        assert metric_of("Discount on a line") == "line_discount"


@pytest.mark.parametrize(
    ("cell", "fields"),
    [
        ("24+", {"term_months_from": "24"}),
        (">= 24", {"term_months_from": "24"}),
        ("from 24", {"term_months_from": "24"}),
        ("< 12", {"term_months_below": "12"}),
        ("below 12", {"term_months_below": "12"}),
        ("24-36", {"term_months_from": "24-36"}),
        ("long", {"term_months_from": "long"}),
    ],
)
def test_read_pasted_reads_a_range_or_keeps_it_as_it_was(cell: str, fields: dict[str, str]) -> None:
    assert rows(f"What\tTerm\nline_discount\t{cell}") == [{"metric": "line_discount", **fields}]


def test_read_pasted_keeps_what_it_does_not_understand() -> None:
    found = read_pasted("What;Colour;Member;Kind\nnonsense;red;a lot;special", COMMITTEES)
    assert found.rows == [{"metric": "nonsense", "member": "a lot", "kind": "special"}]
    assert found.unknown == ["Colour"]


def test_read_pasted_for_the_charter_has_one_bound() -> None:
    assert rows("discount on a line;network;45 %", charter=True) == [
        {"metric": "line_discount", "family": "network", "limit": "45"}
    ]


@pytest.mark.parametrize("text", ["", "\n \n", "What\tMember"])
def test_read_pasted_of_nothing_is_no_row(text: str) -> None:
    assert rows(text) == []


def test_read_pasted_leaves_out_more_rows_than_anybody_writes() -> None:
    found = read_pasted("line_discount\n" * 700, COMMITTEES)
    assert (len(found.rows), found.left_out) == (500, 200)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a, b", ["a", "b"]),
        ('"a, b", c', ["a, b", "c"]),
        (" a ,, a", ["a"]),
        ("", []),
    ],
)
def test_listed_words_are_read_and_written_alike(text: str, words: list[str]) -> None:
    assert listed_words(text) == words
    assert listed_words(words_text(words)) == words
