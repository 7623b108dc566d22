"""What the application does by itself, and when. Times are those of Asia/Shanghai.

Each job is done once per instant, however many processes look after it; one that was
missed while the machine was off is made up for at the next start.
"""

from __future__ import annotations

from datetime import time
from typing import Final

from xiuhua.apps.operations.rules import Job


_JOBS: Final = (
    Job(
        "pulse",
        "xiuhua.apps.operations.jobs.pulse",
        "show that tick and worker are alive",
        every_minutes=5,
    ),
    Job(
        "verify_audit",
        "xiuhua.apps.operations.jobs.audit_verified",
        "verify the chains of the audit record",
        daily_at=time(3, 10),
    ),
    Job(
        "advance_standards",
        "xiuhua.apps.assessments.jobs.days_advanced",
        "judge as of the new day where the standard follows the calendar",
        daily_at=time(1, 0),
    ),
    Job(
        "recount_drives",
        "xiuhua.apps.supervision.jobs.drives_recounted",
        "count the problems of drives anew and set wrong figures right",
        daily_at=time(2, 20),
    ),
    Job(
        "keep_ledger",
        "xiuhua.apps.ledger.jobs.ledger_kept",
        "open problems by rule, escalate what is overdue",
        daily_at=time(2, 0),
    ),
    Job(
        "clean_attachments",
        "xiuhua.apps.attachments.jobs.files_cleaned",
        "remove files of removed attachments and sendings that were given up",
        daily_at=time(3, 50),
    ),
    Job(
        "erase_expired",
        "xiuhua.apps.operations.jobs.expired_erased",
        "erase what is kept for a short time and may go without an order",
        daily_at=time(3, 30),
    ),
    Job(
        "sweep_exchange",
        "xiuhua.apps.exchange.tasks.exchange_swept",
        "erase expired downloads; take up uploads a killed worker left",
        every_minutes=5,
    ),
    Job(
        "take_up_sheets",
        "xiuhua.apps.sheets.tasks.sheets_taken_up",
        "take up sheets that a killed worker left",
        every_minutes=5,
    ),
)


def job_table(*, backup_minutes: int) -> tuple[Job, ...]:
    """Return all periodic jobs: name, function, what it does, when."""
    backup = Job(
        "backup",
        "xiuhua.config.backups.jobs.backup_due",
        "make a backup and remove old ones",
        every_minutes=backup_minutes,
    )
    return (*_JOBS, backup)
