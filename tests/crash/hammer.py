"""Write to the audit and acknowledge: `python -m tests.crash.hammer FILE`.

Stands for any act of the application: a transaction with its entry in the chain. Every
number is written to the file, with one system call, only after its commit returned.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import django


def main(path: str) -> None:
    """Append for ever."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
    django.setup()
    from django.db import transaction  # noqa: PLC0415  after the set-up

    from xiuhua.apps.audit import services as audit  # noqa: PLC0415
    from xiuhua.apps.audit.rules import Actor  # noqa: PLC0415

    acknowledged = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
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
        os.write(acknowledged, b"acknowledged %d\n" % entry.number)


if __name__ == "__main__":
    main(sys.argv[1])
