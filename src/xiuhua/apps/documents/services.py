"""Make papers; each made paper is recorded with who made it and for which region.

A paper is made first and recorded in the transaction that gives it out: where the
record cannot be written, no paper leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import NotPermitted, check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.documents import files
from xiuhua.apps.documents.card import Asked, card
from xiuhua.apps.documents.data_sheet import data_sheet
from xiuhua.apps.documents.models import Printing, PrintingState
from xiuhua.apps.documents.plan_paper import plan_paper
from xiuhua.apps.documents.rules import CARDS_A_STEP, check_count, check_reason
from xiuhua.apps.documents.selectors import card_households, person_get
from xiuhua.apps.documents.typesetting import cards_pdf, plans_pdf, sheet_pdf
from xiuhua.apps.documents.word import card_docx, plan_docx
from xiuhua.apps.plans.selectors.page import plan_page
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.models import Household


FORMS: Final = {"pdf": cards_pdf, "docx": card_docx}
PLAN_FORMS: Final = {"pdf": plans_pdf, "docx": plan_docx}


@transaction.atomic
def card_make(
    *, household_id: int, form: str, asked: Asked, by: Post, at: datetime
) -> bytes:
    """Return a household's card as `pdf` or `docx`.

    Raises:
        HouseholdNotFound: when there is no such household in the post's region.
        NotPermitted: when the post may not see households.
    """
    household = registry.household_get(viewer=by, household_id=household_id)
    check_permitted(by.state, Permission.HOUSEHOLD_VIEW, region=household.village_id)
    content = FORMS[form]([card(household, asked)], day=asked.day)
    _record(
        "card", "registry.household", household.pk, household, by, at, {"kind": form}
    )
    return content


@transaction.atomic
def plan_make(
    *, plan_id: int, form: str, brief: bool, asked: Asked, by: Post, at: datetime
) -> bytes:
    """Return a plan as `pdf` or `docx`: its form, or the family's card of it.

    A sector bureau, which sees a part of a plan, makes none.

    Raises:
        PlanMissing: when there is no such plan in the post's region.
        NotPermitted: when the post may not see households, or sees a sector alone.
    """
    page = plan_page(viewer=by, key=plan_id, on=asked.day)
    if by.sector:
        raise NotPermitted("a bureau sees a part of a plan and prints none")
    content = PLAN_FORMS[form]([plan_paper(page, asked, brief=brief)], day=asked.day)
    audit.entry_append(
        action="documents.plan.made",
        target="plans.plan",
        target_id=str(page.plan.pk),
        target_label="",
        region_code=page.plan.region_id,
        by=by.actor,
        at=at,
        new={"kind": form, "brief": brief},
    )
    return content


@transaction.atomic
def sheet_make(
    *, person_id: int, reason: str, asked: Asked, by: Post, at: datetime
) -> bytes:
    """Return the sheet of all that is held about a person, in full, as PDF.

    It is for the person: made on their request by a post that may see what is withheld.

    Raises:
        HouseholdNotFound: when there is no such person in the post's region.
        NotPermitted: when the post may not have withheld values shown.
        PaperRefused: when no reason is given.
    """
    person = person_get(viewer=by, person_id=person_id)
    household = person.household
    check_permitted(by.state, Permission.SECRET_REVEAL, region=household.village_id)
    said = {"reason": check_reason(reason)}
    # Recorded before it is read, so that the sheet itself names its own making.
    _record("data_sheet", "registry.person", person.pk, household, by, at, said)
    return sheet_pdf(data_sheet(person, household, asked), day=asked.day)


@transaction.atomic
def printing_order(
    *, region: str, language: str, address: str, by: Post, at: datetime
) -> Printing:
    """Order the cards of all registered households of a region.

    Raises:
        NotPermitted: when the post may not export rows there.
        PaperRefused: when there is no household, or too many.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_VIEW, region=region)
    count = card_households(viewer=by, region=region).count()
    check_count(count)
    printing = Printing.unscoped.create(
        region_id=region,
        post=by,
        language=language,
        address=address,
        total=count,
        ordered_at=at,
    )
    audit.entry_append(
        action="documents.cards.ordered",
        target="documents.printing",
        target_id=str(printing.pk),
        target_label="",
        region_code=region,
        by=by.actor,
        at=at,
        new={"count": count},
    )
    return printing


@transaction.atomic
def printing_step(*, printing_id: int, invented: bool, by: Post, at: datetime) -> bool:
    """Make the next cards of an order; return whether any are left.

    A step that was broken off is done again: its file is written anew, and its
    households are taken from the last card that is in a file.

    Raises:
        NotPermitted: when the post no longer may.
    """
    printing = Printing.unscoped.select_for_update().get(pk=printing_id)
    if printing.state in (PrintingState.DONE, PrintingState.FAILED):
        return False
    check_permitted(by.state, Permission.HOUSEHOLD_VIEW, region=printing.region_id)
    asked = Asked(by, printing.language, at.date(), printing.address, invented)
    found = card_households(viewer=by, region=printing.region_id)
    step = list(found.filter(pk__gt=printing.last_key)[:CARDS_A_STEP])
    if step:
        content = cards_pdf([card(h, asked) for h in step], day=asked.day)
        printing.parts += 1
        files.part_keep(printing.pk, printing.parts, content)
        printing.last_key = step[-1].pk
        printing.done += len(step)
        # Households registered meanwhile have their cards too.
        printing.total = max(printing.total, printing.done)
    left = len(step) == CARDS_A_STEP
    printing.state = _state(printing, left)
    printing.save()
    _step_recorded(printing, len(step), by, at)
    return left


@transaction.atomic
def printing_fail(*, printing_id: int, by: Post, at: datetime) -> Printing:
    """Give an order up whose step failed; what is in files is removed."""
    printing = Printing.unscoped.select_for_update().get(pk=printing_id)
    printing.state = PrintingState.FAILED
    printing.save(update_fields=["state"])
    _step_recorded(printing, 0, by, at)
    transaction.on_commit(lambda: files.order_forget(printing_id))
    return printing


@transaction.atomic
def part_take(*, printing: Printing, part: int, by: Post, at: datetime) -> bytes:
    """Return a file of an order; who took it is recorded.

    Raises:
        OSError: when the file has been erased.
    """
    content = files.part_path(printing.pk, part).read_bytes()
    audit.entry_append(
        action="documents.cards.taken",
        target="documents.printing",
        target_id=str(printing.pk),
        target_label="",
        region_code=printing.region_id,
        by=by.actor,
        at=at,
        new={"files": part},
    )
    return content


def _state(printing: Printing, left: bool) -> PrintingState:
    if left:
        return PrintingState("RUNNING")
    return PrintingState("DONE" if printing.parts else "FAILED")


def _step_recorded(printing: Printing, count: int, by: Post, at: datetime) -> None:
    audit.entry_append(
        action="documents.cards.made",
        target="documents.printing",
        target_id=str(printing.pk),
        target_label="",
        region_code=printing.region_id,
        by=by.actor,
        at=at,
        new={"count": count, "state": printing.state},
    )


def _record(
    paper: str,
    target: str,
    key: int,
    household: Household,
    by: Post,
    at: datetime,
    said: Mapping[str, Any],
) -> None:
    audit.entry_append(
        action=f"documents.{paper}.made",
        target=target,
        target_id=str(key),
        target_label="",
        region_code=household.village_id,
        by=by.actor,
        at=at,
        new=said,
    )
