"""What is wrong in a pack, and where."""

from __future__ import annotations

from dataclasses import dataclass

from xiuhua.core.errors import Place


@dataclass(frozen=True)
class Fault:
    """Something wrong in a pack: where, what, and what to do."""

    where: Place
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.where}: {self.message}{hint}"
