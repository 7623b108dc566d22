"""A table of steps: what is open, to whom, and why not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from xiuhua.core.steps import Refusal, StepRefused, StepTable, Transition


@dataclass(frozen=True)
class Step:
    """A lamp, whether a hand may touch it, and whether there is current."""

    state: str
    may: bool = True
    current: bool = True


LIFE: StepTable[str, str, Step] = StepTable(
    (
        Transition("light", frozenset({"dark"}), "lit", ("a hand",), ("current",)),
        Transition("quench", frozenset({"lit"}), "dark", ("a hand",)),
    ),
    {
        "a hand": (lambda step: step.may, Refusal("lamp.hands_off", "not yours")),
        "current": (lambda step: step.current, Refusal("lamp.no_current", "pay first")),
    },
    lambda step: step.state,
    Refusal("lamp.wrong_state", "it does not stand so"),
)


def test_an_open_act_leads_on():
    assert LIFE.refusals("light", Step("dark")) == ()
    assert LIFE.target("light", Step("dark")) == "lit"


def test_a_wrong_state_is_told_alone():
    refused = LIFE.refusals("light", Step("lit", may=False, current=False))

    assert [r.code for r in refused] == ["lamp.wrong_state"]


def test_every_other_reason_is_told():
    step = Step("dark", may=False, current=False)

    with pytest.raises(StepRefused, match="not yours") as refused:
        LIFE.target("light", step)

    assert [r.code for r in refused.value.refusals] == [
        "lamp.hands_off",
        "lamp.no_current",
    ]


def test_who_may_is_offered_the_act_whatever_is_lacking():
    assert LIFE.open_acts(Step("dark", current=False)) == ("light",)
    assert LIFE.open_acts(Step("dark", may=False)) == ()
    assert LIFE.open_acts(Step("lit")) == ("quench",)
