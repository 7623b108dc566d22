"""Files stay with their household wherever it goes."""

from __future__ import annotations

import pytest
from tests.factories.accounts import make_post
from tests.factories.attachments import make_attachment
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, later, make_household

from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.registry.acts.evidence import files_of
from xiuhua.apps.registry.services.moves import household_merge, household_move


pytestmark = pytest.mark.usefixtures("each_database")
OTHER = "990101101202"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_files_move_with_their_household():
    household = make_household()
    make_region(OTHER)
    made = make_attachment(subject=files_of(household))

    household_move(household_id=household.pk, version=1, village=OTHER, **later())

    made.refresh_from_db()
    assert made.region_id == OTHER
    assert made.subject_id == str(household.pk)


def test_files_of_a_merged_household_hang_on_the_one_it_went_into():
    household, home = make_household(), make_household(persons=[], values={})
    make_attachment(subject=files_of(household))
    ids = {"household_id": household.pk, "version": 1}

    household_merge(
        **ids,
        into_id=home.pk,
        into_version=1,
        **later(by=make_post("township_clerk", VILLAGE[:9])),
    )

    assert [a.subject for a in Attachment.unscoped.all()] == [files_of(home)]
