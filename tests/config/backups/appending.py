"""Append to the audit as fast as it goes: `python -m … FILE`, one number a line.

A number stands in the file once its transaction was acknowledged.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime


def main(path: str) -> None:
    import django  # noqa: PLC0415

    os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
    django.setup()
    from django.db import transaction  # noqa: PLC0415

    from xiuhua.apps.audit import services as audit  # noqa: PLC0415
    from xiuhua.apps.audit.rules import Actor  # noqa: PLC0415

    with open(path, "a", encoding="ascii") as log:
        while True:
            with transaction.atomic():
                entry = audit.entry_append(
                    action="tests.row.appended",
                    target="tests.row",
                    target_id="1",
                    target_label="",
                    region_code="990101",
                    by=Actor.command("test"),
                    at=datetime.now(UTC),
                )
            log.write(f"{entry.number}\n")
            log.flush()


if __name__ == "__main__":
    main(sys.argv[1])
