"""Anchors: the heads of all chains as a file that is kept elsewhere.

Hand it to somebody who cannot write to the database (the audit administrator keeps it
on paper, a stick, another machine). It holds digests and counts, no personal data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from xiuhua.apps.audit.rules import Head
from xiuhua.core.errors import Place, XiuhuaError


class AnchorUnreadable(XiuhuaError):
    """The file is no anchor."""

    code = "audit.anchor_unreadable"


def anchor_text(heads: Mapping[str, Head], *, at: datetime) -> str:
    """Return the text of an anchor."""
    chains = {c: {"count": h.count, "digest": h.digest} for c, h in heads.items()}
    said = {
        "anchored_at": at.isoformat(),
        "entries": sum(head.count for head in heads.values()),
        "chains": chains,
    }
    return json.dumps(said, indent=2, sort_keys=True) + "\n"


def read_anchor(path: Path) -> dict[str, Head]:
    """Return the heads of an anchor file.

    Raises:
        AnchorUnreadable: when it is missing or no anchor.
    """
    try:
        return parsed_anchor(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, AnchorUnreadable) as error:
        raise AnchorUnreadable(
            "this is no anchor of the audit", where=Place(file=str(path))
        ) from error


def parsed_anchor(text: str) -> dict[str, Head]:
    """Return the heads of the text of an anchor.

    Raises:
        AnchorUnreadable: when it is no anchor.
    """
    try:
        said = json.loads(text)
        chains = said["chains"]
        heads = {c: Head(int(h["count"]), str(h["digest"])) for c, h in chains.items()}
        if sum(head.count for head in heads.values()) != said["entries"]:
            raise ValueError("counts do not add up")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnchorUnreadable("this is no anchor of the audit") from error
    return heads
