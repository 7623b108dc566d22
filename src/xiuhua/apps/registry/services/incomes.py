"""State the income of households over windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.acts.columns import set_values
from xiuhua.apps.registry.acts.members import checked_amounts
from xiuhua.apps.registry.acts.recording import (
    Act,
    act_finished,
    check_version,
    household_seen,
    is_void,
    row_changed,
    row_created,
)
from xiuhua.apps.registry.models import Change, IncomeStatement
from xiuhua.apps.registry.rules import check_window


@transaction.atomic
def income_state(
    *,
    household_id: int,
    window_from: date,
    window_to: date,
    values: Mapping[str, Any],
    source: str,
    by: Post,
    at: datetime,
    version: int | None = None,
    order_number: str = "",
) -> IncomeStatement:
    """State a household's income over a window, or correct the statement.

    The end of the window is exclusive (see `rules.income_window`). `version` is the
    statement's, None when there is none yet. Amounts left out stay as they are.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        NotPermitted: when the post may not edit.
        VersionMissing: when there is a statement and no version is given.
        VersionStale: when the statement has been changed since, or is gone.
        DayWrong: when the window ends before it starts or is still to begin.
        FieldUnknown: when a field is no amount of a household's income.
        ValueWrong: when an amount is impossible.
    """
    check_window(window_from, window_to)
    household = household_seen(household_id, by=by)
    act = Act("income", by, at, window_from, order_number)
    amounts = checked_amounts(values)
    rows = IncomeStatement.unscoped.select_for_update()
    statement = rows.filter(
        household=household, window_from=window_from, window_to=window_to
    ).first()
    if statement is not None and is_void(statement, version):
        version = statement.version
    if statement is None and version is None:
        statement = IncomeStatement(
            household=household,
            window_from=window_from,
            window_to=window_to,
            source=source,
        )
        set_values(statement, amounts)
        change: Change | None = row_created(statement, act)
    else:
        check_version(statement, version)
        change = row_changed(statement, {**amounts, "source": source}, act)
    act_finished("registry.income.stated", household, [change], act)
    return statement
