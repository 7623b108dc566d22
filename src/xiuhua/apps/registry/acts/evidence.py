"""A household as the subject of files, which know their subjects as text alone."""

from __future__ import annotations

from typing import Final

from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.registry.models import Household


KIND: Final = "registry.household"


def files_of(household: Household) -> Subject:
    """Return what the files of a household hang on, where it lies now."""
    return Subject(KIND, str(household.pk), household.village_id)
