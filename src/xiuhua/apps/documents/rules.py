"""Decide what of a household stands on a card, and how many cards a step makes."""

from __future__ import annotations

from typing import Final

from xiuhua.core.dictionary.model import Field, Mask
from xiuhua.core.errors import XiuhuaError


# One step of an order sets at most so many cards, so that a worker is never long away.
CARDS_A_STEP: Final = 100
CARDS_MOST: Final = 5000
REASON_LEAST: Final = 4
# The facts of a household on its card, in the order people ask about them.
CARD_FACTS: Final = (
    "phone",
    "village_group",
    "main_cause",
    "other_causes",
    "identification_standard",
    "poverty_attribute",
    "planned_exit_year",
    "exit_year",
    "housing_grade",
    "relocated_household",
    "water_quantity",
    "water_quality",
    "arable_land",
    "cooperative_member",
    "helper_name",
    "helper_unit",
)
CARD_MEMBERS: Final = (
    "name",
    "relation_to_head",
    "sex",
    "birth_date",
    "education",
    "school_stage",
    "resident_medical_insurance",
    "minimum_living_guarantee",
    "labor_skill",
)
CARD_INCOME: Final = (
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "business_expense",
)
CARD_YEARS: Final = 3


class PaperRefused(XiuhuaError):
    """A paper is not made; says why."""

    code = "documents.paper_refused"


class PaperMissing(XiuhuaError):
    """There is no such order of papers, or it is somebody else's."""

    code = "documents.paper_missing"


def check_reason(reason: str) -> str:
    """Return a reason without space around it.

    Raises:
        PaperRefused: when it says next to nothing.
    """
    reason = reason.strip()
    if len(reason) < REASON_LEAST:
        raise PaperRefused("say for what the paper is needed; it is recorded")
    return reason


def check_count(count: int) -> None:
    """Refuse an order of no card, and one that nobody would print.

    Raises:
        PaperRefused: when it is either.
    """
    if count < 1:
        raise PaperRefused("there is no household to make a card of")
    if count > CARDS_MOST:
        raise PaperRefused(
            "{count} cards are too many for one order; take a smaller region",
            count=count,
        )


def stands_on_card(field: Field) -> bool:
    """Test whether a field may stand on a card at all: secret ones never do.

    A card hangs on a wall and lies in a bag; numbers, accounts and health stay out of
    it whoever makes it.
    """
    return field.mask is not Mask.SECRET
