"""Every periodic job can be called and says what came out."""

from __future__ import annotations

import json

import pytest
from django.utils.module_loading import import_string
from tests.factories.moments import NOON

from xiuhua.config.jobs import job_table
from xiuhua.messages import translator


JOBS = job_table(backup_minutes=60)


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_on_an_empty_installation(job):
    said, figures = import_string(job.path)(at=NOON)

    assert said.format(**figures)
    assert translator("zh")(said) != said
    assert json.loads(json.dumps(figures)) == figures
