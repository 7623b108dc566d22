"""The environment variables of the application: what each means, how it is read.

`settings` takes its values from here and the page docs/reference/settings.md is written
from here, so a variable cannot exist without being documented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from xiuhua.core.errors import XiuhuaError


class SettingUnreadable(XiuhuaError):
    """An environment variable holds something that cannot be what it should be."""

    code = "config.setting_unreadable"


@dataclass(frozen=True)
class Variable:
    """An environment variable: its reader, its default as text, its meaning."""

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str

    def value(self, environment: Mapping[str, str]) -> Any:
        """Return the value; a variable set to nothing counts as not set.

        Raises:
            SettingUnreadable: when the text is not of the variable's kind.
        """
        text = environment.get(self.name, "").strip() or self.default
        try:
            return self.read(text)
        except ValueError as error:
            raise SettingUnreadable(
                "{name}={text}: {why}", name=self.name, text=text, why=str(error)
            ) from error


def flag(text: str) -> bool:
    """Return a yes or no.

    >>> flag("1"), flag("no")
    (True, False)
    """
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError("say 1 or 0")
    return words[text.lower()]


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return the reader of a whole number between two bounds, both allowed."""

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() else -1
        if not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return number

    return read


def listed(text: str) -> list[str]:
    """Return the items of a list parted by commas.

    >>> listed("a.example, b.example,")
    ['a.example', 'b.example']
    """
    return [item.strip() for item in text.split(",") if item.strip()]


def two_shares(text: str) -> list[str]:
    """Return two growing shares between 0 and 1, as they were written.

    >>> two_shares("0.02, 0.1")
    ['0.02', '0.1']
    """
    written = listed(text)
    try:
        shares = [Decimal(item) for item in written]
    except InvalidOperation as error:
        raise ValueError("two shares such as 0.02,0.10") from error
    if len(shares) != 2 or not 0 < shares[0] < shares[1] <= 1:
        raise ValueError("two growing shares such as 0.02,0.10")
    return written


def one_of(*words: str) -> Callable[[str], str]:
    """Return the reader of one word out of several."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return read


def folder(text: str) -> Path:
    """Return a folder, in full."""
    return Path(text).expanduser().resolve()


VARIABLES: Final = (
    Variable(
        "XIUHUA_DATA_DIR",
        folder,
        "var",
        "The data folder: database, secret key, keys of encrypted fields, uploads. "
        "Keep it out of the repository, on a local disk, readable by the server alone.",
    ),
    Variable(
        "XIUHUA_DATABASE_URL",
        str,
        "sqlite",
        "`sqlite` is one file in the data folder. "
        "`postgresql://user:password@host:port/name` is a PostgreSQL database; "
        "a local socket is named by `?host=/folder`, guarded transport by "
        "`?sslmode=verify-full&sslrootcert=/file`.",
    ),
    Variable(
        "XIUHUA_DEBUG",
        flag,
        "0",
        "1 shows tracebacks in the browser. Never on a machine others can reach.",
    ),
    Variable(
        "XIUHUA_HTTPS",
        flag,
        "1",
        "1 sends every request to https, sends cookies over https alone and tells "
        "browsers to remember it. 0 is for a demonstration on one machine.",
    ),
    Variable(
        "XIUHUA_BEHIND_PROXY",
        flag,
        "0",
        "1 when a proxy of your own ends TLS and sets `X-Forwarded-Proto` and "
        "`X-Real-IP`; without such a proxy anyone could forge the two.",
    ),
    Variable(
        "XIUHUA_HOSTS",
        listed,
        "localhost,127.0.0.1,[::1]",
        "Names under which the site is reached; any other name is refused.",
    ),
    Variable(
        "XIUHUA_LANGUAGE",
        one_of("zh-hans", "en"),
        "zh-hans",
        "Language of a visitor who has not chosen one.",
    ),
    Variable(
        "XIUHUA_SECOND_FACTOR",
        flag,
        "1",
        "1 asks every user for a one-time password besides the password. "
        "0 is for a demonstration.",
    ),
    Variable(
        "XIUHUA_DEMO",
        flag,
        "0",
        "1 lets `load_demo` enter an invented county with a login for every role, and "
        "says on every page that all of it is invented. Never on an installation that "
        "keeps anybody's data.",
    ),
    Variable(
        "XIUHUA_IDLE_MINUTES",
        whole(1, 24 * 60),
        "30",
        "Minutes without a request after which a user is signed out.",
    ),
    Variable(
        "XIUHUA_SESSION_HOURS",
        whole(1, 24 * 7),
        "12",
        "Hours after which a user must sign in again, however busy.",
    ),
    Variable(
        "XIUHUA_LOGIN_ATTEMPTS",
        whole(1, 100),
        "5",
        "Wrong passwords in a row after which a user name is locked.",
    ),
    Variable(
        "XIUHUA_LOCKOUT_MINUTES",
        whole(1, 24 * 60),
        "30",
        "Minutes a locked user name stays locked.",
    ),
    Variable(
        "XIUHUA_REVEALS_A_DAY",
        whole(0, 10_000),
        "200",
        "Masked numbers one person may have shown to them in a day.",
    ),
    Variable(
        "XIUHUA_ATTACHMENT_MEGABYTES",
        whole(1, 200),
        "20",
        "Megabytes a file of evidence may have.",
    ),
    Variable(
        "XIUHUA_ATTACHMENTS_PER_SUBJECT",
        whole(1, 1000),
        "60",
        "Files that may hang on one household or other record.",
    ),
    Variable(
        "XIUHUA_UPLOAD_MEGABYTES",
        whole(1, 1000),
        "200",
        "Megabytes a workbook, CSV or zip sent in for import may have.",
    ),
    Variable(
        "XIUHUA_BACKUP_DIR",
        str,
        "",
        "Where backups go; without it to `backups` in the data folder. Name another "
        "disk or machine: a backup beside the database dies with it.",
    ),
    Variable(
        "XIUHUA_BACKUP_PASSPHRASE_FILE",
        str,
        "",
        "A file with the passphrase of backups, readable by the server alone. Without "
        "it nothing is backed up by itself.",
    ),
    Variable(
        "XIUHUA_BACKUP_MINUTES",
        whole(5, 24 * 60),
        "60",
        "Minutes between two backups the application makes by itself.",
    ),
    Variable(
        "XIUHUA_LOG_FILES",
        flag,
        "0",
        "1 writes the log to files in the data folder, ten of 5 MB for each part, "
        "instead of to the standard error.",
    ),
    Variable(
        "XIUHUA_ROOM_RATE_STEPS",
        two_shares,
        "0.005,0.02",
        "The poverty incidences at which a region counts as more, and as many, on the "
        "map and the tiles of the command room. 0.02 is the line of exit in central "
        "provinces, 0.03 that in western ones.",
    ),
    Variable(
        "XIUHUA_ROOM_SHARE_STEPS",
        two_shares,
        "0.05,0.20",
        "The same for the share of judged households that fall short.",
    ),
)


# Read elsewhere: by the command line, the parts of the server and the tests.
OTHERS: Final = frozenset(
    {
        "XIUHUA_E2E_DATABASE",
        "XIUHUA_KILLS",
        "XIUHUA_LANG",
        "XIUHUA_PART",
        "XIUHUA_RANDOM_RUNS",
        "XIUHUA_REQUIRE_ALL",
        "XIUHUA_WRITE_SNAPSHOTS",
    }
)


def read_variables(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return every value by the variable's name without `XIUHUA_`.

    Raises:
        SettingUnreadable: when a value cannot be read, or a variable of the program's
            prefix is not known: a misspelled safeguard must not be taken as set.
    """
    known = {variable.name for variable in VARIABLES} | OTHERS
    for name in sorted(environment):
        if name.startswith("XIUHUA_") and name not in known:
            raise SettingUnreadable("there is no setting {name}", name=name)
    return {
        variable.name.removeprefix("XIUHUA_"): variable.value(environment)
        for variable in VARIABLES
    }
