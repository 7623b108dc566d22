from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.factories.moments import NOON
from tests.factories.operations import make_job_run


pytestmark = pytest.mark.usefixtures("each_database")


def test_constraint_operations_job_run_once():
    make_job_run()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_job_run()


@pytest.mark.parametrize(
    ("state", "finished_at"), [("DONE", None), ("WAITING", NOON), ("FAILED", None)]
)
def test_constraint_operations_job_run_ends_when_finished(state, finished_at):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_job_run(state=state, finished_at=finished_at)


def test_a_run_says_what_it_is():
    assert str(make_job_run()) == "pulse 2019-06-23 04:00 WAITING"
