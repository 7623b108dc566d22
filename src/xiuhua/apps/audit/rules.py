"""What an entry says, how entries are chained, and what breaks a chain.

Entries of one county form a chain: each carries the digest of the one before it, and
its own digest covers all it says. No database, no clock, no settings.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


# The digest the first entry of a chain names as the one before it.
START: Final = "0" * 64
_ACTION: Final = re.compile(r"[a-z]+(?:\.[a-z_]+){2}")


class ActionUnnamed(XiuhuaError):
    """The name of an action is not `<app>.<noun>.<past participle>`."""

    code = "audit.action_unnamed"


class ValueUnfit(XiuhuaError):
    """A value cannot be recorded so that it reads the same ever after."""

    code = "audit.value_unfit"


@dataclass(frozen=True)
class Actor:
    """Who acts: the person's user name and the post acted in, as text.

    `post` is empty where nobody acts in office: signing in, commands on the server.
    """

    name: str
    post: str = ""

    @classmethod
    def command(cls, name: str) -> Actor:
        """Return the actor of a command run on the server itself."""
        return cls(name=f"command:{name}")


@dataclass(frozen=True)
class Record:
    """All that an entry says, and its digest."""

    chain: str
    number: int
    action: str
    target: str
    target_id: str
    target_label: str
    region_code: str
    actor: str
    post: str
    order_number: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    recorded_at: datetime
    previous: str
    digest: str = ""


@dataclass(frozen=True)
class Head:
    """How many entries a chain has, and the digest of its last."""

    count: int
    digest: str


@dataclass(frozen=True)
class Break:
    """Where and how a chain is broken."""

    chain: str
    number: int
    what: str


NO_HEAD: Final = Head(0, START)


def checked_action(action: str) -> str:
    """Return the name of an action.

    Raises:
        ActionUnnamed: when it is not of the form `accounts.post.granted`.
    """
    if not _ACTION.fullmatch(action):
        raise ActionUnnamed("{action} is no name of an action", action=action)
    return action


def chain_of(region_code: str) -> str:
    """Return the chain an entry about a region belongs to: that of its county.

    What concerns more than a county has a chain of its own; so has what concerns none.

    >>> chain_of("239906100201"), chain_of("23"), chain_of("")
    ('239906', '23', '')
    """
    return region_code[: LENGTH_BY_LEVEL["county"]]


def recordable(value: Any) -> Any:
    """Return a value as it is recorded: dates and amounts as text, the rest as it is.

    Raises:
        ValueUnfit: for floats, which databases write differently, and for what is no
            JSON; for texts a database would refuse or change.

    >>> recordable({"from": date(2019, 6, 23), "amount_yuan": Decimal("3.50")})
    {'from': '2019-06-23', 'amount_yuan': '3.50'}
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_text(key): recordable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [recordable(item) for item in value]
    raise ValueUnfit("{kind} cannot be recorded", kind=type(value).__name__)


def digest_of(record: Record) -> str:
    """Return the digest of all that a record says, its own digest apart."""
    said = {f.name: getattr(record, f.name) for f in fields(record)}
    said.pop("digest")
    said["recorded_at"] = _instant(record.recorded_at)
    text = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def breaks_of(
    chain: str, records: Iterable[Record], *, head: Head, anchored: Head = NO_HEAD
) -> Iterator[Break]:
    """Return what is wrong with a chain, given its entries by number.

    `head` is what the database says of the chain, `anchored` what was written down
    elsewhere earlier: only the second tells when a whole tail was cut off or written
    anew together with the head.
    """
    last, count, anchor_seen = START, 0, anchored.count == 0
    for record in records:
        count += 1
        if record.number != count or record.chain != chain:
            yield Break(chain, count, "an entry is missing or out of place")
            return
        if record.previous != last:
            yield Break(chain, count, "it does not follow the entry before it")
        if record.digest != digest_of(record):
            yield Break(chain, count, "it was changed")
        last = record.digest
        if count == anchored.count:
            anchor_seen = True
            if last != anchored.digest:
                yield Break(chain, count, "it is not the entry that was anchored")
    if not anchor_seen:
        yield Break(chain, count, "entries that were anchored are gone")
    if head != Head(count, last):
        yield Break(chain, count, "the chain's head does not agree with its entries")


def _text(value: Any) -> str:
    # PostgreSQL keeps neither NUL nor half a character.
    if not isinstance(value, str) or "\0" in value:
        raise ValueUnfit("a key or text cannot be recorded")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueUnfit("a text holds half a character") from error
    return value


def _instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueUnfit("an instant without a time zone cannot be recorded")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
