"""How long each kind of record is kept, and where the period comes from.

Not here, because nothing erases it: the audit record, the archive of households and
its history. What the law orders to be erased there is an act of its own.
"""

from __future__ import annotations

from typing import Final

from xiuhua.apps.operations.rules import Kept


_EXCHANGE: Final = "xiuhua.apps.exchange.expiry"
_ASSESSMENTS: Final = "xiuhua.apps.assessments.expiry"
_OPERATIONS: Final = "xiuhua.apps.operations.expiry"
# 网络安全法 (in force 2017-06-01), article 21 (3): at least six months.
_SIX_MONTHS: Final = "网络安全法第二十一条第三项: logs at least six months"
# 个人信息保护法 (in force 2021-11-01), article 19: the shortest time the purpose needs.
_SHORTEST: Final = "个人信息保护法第十九条: the shortest time the purpose needs"

KEPT: Final = (
    Kept(
        "session",
        1,
        "ended sessions of the browser",
        _SHORTEST,
        f"{_OPERATIONS}.session_count",
        f"{_OPERATIONS}.session_erase",
    ),
    Kept(
        "sign_in_attempt",
        183,
        "failed sign-ins with network address and browser",
        _SIX_MONTHS,
        f"{_OPERATIONS}.attempt_count",
        f"{_OPERATIONS}.attempt_erase",
    ),
    Kept(
        "task",
        14,
        "finished tasks of the workers with their tracebacks",
        _SHORTEST,
        f"{_OPERATIONS}.task_count",
        f"{_OPERATIONS}.task_erase",
    ),
    Kept(
        "printing",
        7,
        "household cards made for printing, as files",
        _SHORTEST,
        "xiuhua.apps.documents.expiry.printing_count",
        "xiuhua.apps.documents.expiry.printing_erase",
    ),
    Kept(
        "job_run",
        60,
        "runs of periodic jobs",
        "own choice: two months show a pattern; they hold no personal data",
        f"{_OPERATIONS}.run_count",
        f"{_OPERATIONS}.run_erase",
    ),
    Kept(
        "sent_form",
        30,
        "keys of forms that have acted, against acting twice",
        "own choice: no form stays open in a browser longer; no personal data",
        "xiuhua.apps.desk.sending.form_count",
        "xiuhua.apps.desk.sending.form_erase",
    ),
    Kept(
        "upload",
        30,
        "files sent in for import and how they were compared; receipts stay",
        _SHORTEST,
        f"{_EXCHANGE}.upload_count",
        f"{_EXCHANGE}.upload_erase",
    ),
    Kept(
        "sheet",
        30,
        "sheets sent in and the cells of their rows; what came of each row stays",
        _SHORTEST,
        "xiuhua.apps.sheets.expiry.sheet_count",
        "xiuhua.apps.sheets.expiry.sheet_erase",
    ),
    Kept(
        "snapshot_identity",
        3 * 366,
        "names behind the snapshots of screening runs; the snapshots stay",
        "个人信息保护法第五十六条: records of handling at least three years",
        f"{_ASSESSMENTS}.identity_count",
        f"{_ASSESSMENTS}.identity_erase",
        on_order=True,
    ),
)
