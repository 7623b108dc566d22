"""What the rule language refuses, and how it says so: reason, place, nearest name."""

from __future__ import annotations

from itertools import product

import pytest

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.standards.binder import Names, bind
from xiuhua.core.standards.expressions import BOOLEAN, DATE, Kind
from xiuhua.core.standards.syntax import MAX_DEPTH, SyntaxFault, parse
from xiuhua.core.standards.typing import number
from xiuhua.core.truth import UNKNOWN, Truth, all_, any_, not_


NAMES = Names(
    load_dictionary(),
    {"line": number(9, scale=2, nonnegative=True), "as_of": DATE, "food_line": BOOLEAN},
    {},
    indicators={"household": ("income", "food")},
)
T, F, U = True, False, UNKNOWN


def bound(source: str, level: str = "household"):
    return bind(parse(source), level, NAMES)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (T, T, T, T),
        (T, U, U, T),
        (T, F, F, T),
        (U, T, U, T),
        (U, U, U, U),
        (U, F, F, U),
        (F, T, F, T),
        (F, U, F, U),
        (F, F, F, F),
    ],
)
def test_truth_table(a: Truth, b: Truth, both: Truth, either: Truth) -> None:
    assert all_([a, b]) is both
    assert any_([a, b]) is either


def test_de_morgan_holds_with_unknowns() -> None:
    for a, b in product((T, F, U), repeat=2):
        assert not_(all_([a, b])) is any_([not_(a), not_(b)])


@pytest.mark.parametrize(
    ("source", "reason", "hint", "offset"),
    [
        ("enough_foot", "unknown name `enough_foot`", "`enough_food`", 0),
        ("lime > 3", "unknown name `lime`", "`line`", 0),
        ("rond(line, 2) > 3", "unknown function `rond`", "`round`", 0),
        ("exit_status = 'exitted'", "'exitted' is not in the list", "`exited`", 14),
        ("line = enough_food", "a number cannot be compared with a boolean", "", 5),
        ("line + enough_food > 3", "`+` takes two numbers", "", 5),
        ("line", "", "", 0),
        ("line and enough_food", "this is a number", "", 0),
        ("enough_food -- x", "comments are not allowed", "", 12),
        ("enough_food /* x */", "comments are not allowed", "", 12),
        ("enough_food # x", "unexpected character '#'", "", 12),
        ("cast(line as text) = '3'", "')' is expected before 'as'", "", 10),
        ("(select 1) = 1", "')' is expected before '1'", "", 8),
        ("enough_food; drop", "unexpected character ';'", "", 11),
        ('"enough_food"', "unexpected character '\"'", "", 0),
        ("line = null", "unknown name `null`", "", 7),
        ("enough_food is null", "followed by `known` or `unknown`", "", 15),
        ("line in (3)", "a list of quoted texts", "", 9),
        ("village.hard_road", "not of level household", "", 0),
        ("count(village) > 1", "is over `person`", "", 6),
        ("any(person)", "needs a condition", "", 0),
        ("wage_income * wage_income > 1", "more than 18 digits", "", 12),
        ("exit_status < 'exited'", "has no rank", "", 12),
        ("enough_food = date '2019-02-30'", "no such date", "", 14),
        ("substring(head_name, 1) = 'a'", "takes (text, number, number)", "", 0),
        ("round(line, line) > 1", "written out, 0 to 8", "", 0),
        ("has(exit_status, 'exited')", "`has` takes", "", 0),
        ("wage_income / (line - 3) > 1", "known not to be negative", "", 12),
    ],
)
def test_refused(source: str, reason: str, hint: str, offset: int) -> None:
    if source == "line":  # a number is a fine expression, only no condition
        assert bound(source).type.kind is Kind.NUMBER
        return
    with pytest.raises(SyntaxFault) as caught:
        bound(source)
    assert reason in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("income = food", "unknown name"),
        ("count(household where income = food) > 1", "a verdict is compared"),
        ("count(household where income > 'met') > 1", "compared with = and !="),
        ("count(household where incom = 'met') > 1", "unknown name `incom`"),
        (
            "count(household where if(enough_food, income, food) = 'met') > 1",
            "cannot choose between verdicts",
        ),
    ],
)
def test_verdicts_are_compared_with_words_only(source: str, reason: str) -> None:
    with pytest.raises(SyntaxFault, match=reason):
        bound(source, "village")


def test_a_verdict_can_be_asked_for_being_known() -> None:
    node = bound("any(household where overall is known)", "village")
    assert node == bound("any(household where overall != 'unknown')", "village")


def test_no_verdict_below_no_overall() -> None:
    with pytest.raises(SyntaxFault, match="unknown name `overall`"):
        bound("any(person where overall = 'met')")


def test_a_name_with_two_meanings_is_refused() -> None:
    names = Names(load_dictionary(), {"enough_food": BOOLEAN}, {})
    with pytest.raises(SyntaxFault, match="more than one meaning"):
        bind(parse("enough_food"), "household", names)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000 + "enough_food" + ")" * 5000,
        "(" * 1500 + "enough_food" + ")" * 1500,
        "+".join(["1"] * 1500) + " > 3",
        "*".join(["1"] * 1500) + " > 3",
        "if(" * 900 + "true",
    ],
)
def test_deep_rules_are_refused_before_recursion_fails(source: str) -> None:
    with pytest.raises(SyntaxFault):
        bound(source)


def test_depth_up_to_the_limit_is_fine() -> None:
    depth = MAX_DEPTH - 1
    assert bound("(" * depth + "enough_food" + ")" * depth) == bound("enough_food")


def test_many_not_are_one() -> None:
    assert bound("not " * 501 + "enough_food") == bound("not enough_food")


def test_an_ordered_code_below_the_lowest_is_never() -> None:
    codes = load_dictionary().code_lists["attainment"].codes
    lowest = min((c for c in codes if c.rank is not None), key=lambda c: c.rank)
    assert bound(f"water_quality < '{lowest.code}'").options == ()
