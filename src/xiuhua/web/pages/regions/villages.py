"""What a village reports of itself, year by year, and how it came to be so."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from xiuhua.apps.registry.facts import fact_names
from xiuhua.apps.registry.village_history import report_list, village_lines
from xiuhua.web.colleagues import colleagues
from xiuhua.web.pages.households.shown import shown_all
from xiuhua.web.pages.households.telling import act_in_words, told


_MOST: Final = 50


def reported(post: Any, code: str, day: date) -> dict[str, Any]:
    """Return what the page of a village shows of its reports, for a post."""
    lines = village_lines(viewer=post, village=code, most=_MOST)
    who = colleagues(((n.by_user, n.by_post) for n in lines), as_of=day)
    names = fact_names("village")
    reports = report_list(viewer=post, village=code)
    return {
        "is_village": True,
        "reports": [
            (
                report.year,
                [
                    f
                    for f in shown_all("village", report, names, post.rights)
                    if f.known
                ],
            )
            for report in reports
        ],
        "report_lines": [
            {
                "line": line,
                "act": act_in_words(line.act),
                "by": who[line.by_user, line.by_post],
                "changes": [told(change) for change in line.fields],
            }
            for line in lines
        ],
    }
