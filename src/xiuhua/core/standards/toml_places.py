"""Where in a TOML file a value stands; `tomllib` reads values without places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from xiuhua.core.errors import Place


_HEADER: Final = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY: Final = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=\s*(\"\"\"|'''|\"|')?")


@dataclass
class TomlPlaces:
    """Line and column of tables and keys, by table name and order of appearance."""

    file: str
    _tables: dict[tuple[str, int], int] = field(default_factory=dict)
    _keys: dict[tuple[str, int, str], tuple[int, int, bool]] = field(
        default_factory=dict
    )

    @classmethod
    def of(cls, file: str, text: str) -> TomlPlaces:
        """Scan the text of a file once."""
        places = cls(file)
        counts: dict[str, int] = {}
        table, index = "", 0
        for number, line in enumerate(text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header:
                table = header.group(1)
                index = counts.get(table, 0)
                counts[table] = index + 1
                places._tables[table, index] = number
                continue
            key = _KEY.match(line)
            if key:
                quoted = key.group(2) or ""
                # A text of several lines starts on the line after its quotes.
                block = len(quoted) == 3 and not line[key.end() :].strip()
                spot = (
                    (number + 1, 1, True) if block else (number, key.end() + 1, False)
                )
                places._keys.setdefault((table, index, key.group(1)), spot)
        return places

    def table(self, name: str, index: int = 0) -> Place:
        """Return the place of the n-th table of a name."""
        return Place(self.file, self._tables.get((name, index), 1))

    def key(self, table: str, index: int, key: str) -> Place:
        """Return the place of a key's value in the n-th table of a name."""
        spot = self._keys.get((table, index, key))
        if spot is None:
            return self.table(table, index)
        return Place(self.file, spot[0], spot[1])

    def inside(self, table: str, index: int, key: str, text: str, offset: int) -> Place:
        """Return the place of one character of a text value."""
        start = self.key(table, index, key)
        before = text[:offset]
        lines = before.count("\n")
        column = offset - (before.rfind("\n") + 1)
        first = start.column or 1
        if lines == 0:
            return Place(self.file, start.line, first + column)
        return Place(self.file, (start.line or 1) + lines, column + 1)
