"""The standards of the invented county: those of the campaign, in force to this day.

The real ones ended with the campaign, and a county that judges by them judges as of
its last day. The invented province has carried them on: its packs are made from those
shipped, without their ends, under names and titles that say what they are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from xiuhua.core.packs import PACKS_DIR


HOUSEHOLD_PACK: Final = "invented_household_exit"
VILLAGE_PACK: Final = "invented_village_exit"
DOCUMENT: Final = "锦绣省（虚构）扶贫开发领导小组1号：现行标准继续执行"
PARAMETERS: Final = {"water_area": "short"}
# Each from the packs shipped, their files put one behind the other.
_MADE_FROM: Final = {
    HOUSEHOLD_PACK: ("household_exit",),
    VILLAGE_PACK: ("village_exit", "village_exit_heilongjiang"),
}
_END: Final = "2021-01-01"
_TITLES: Final = {
    "zh": "（虚构省份延用）",
    "en": " (carried on by an invented province)",
}


def standards_write(folder: Path) -> None:
    """Write the packs into the folder of an installation's own."""
    for name, sources in _MADE_FROM.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file in sorted({f.name for s in sources for f in _files(s)}):
            texts = [_text(source, file) for source in sources]
            text = "\n".join([texts[0], *map(_headless, texts[1:])])
            if file == "pack.toml":
                text = _titled(text.replace(f'id = "{sources[0]}"', f'id = "{name}"'))
            (folder / name / file).write_text(_open_ended(text), encoding="utf-8")


def _files(pack: str) -> list[Path]:
    return sorted((PACKS_DIR / pack).glob("*.toml"))


def _text(pack: str, file: str) -> str:
    path = PACKS_DIR / pack / file
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _headless(text: str) -> str:
    """Return the entries of a file without what stands above the first of them."""
    return text[text.index("[[") :] if "[[" in text else ""


def _open_ended(text: str) -> str:
    text = text.replace(f", to = {_END} }}", " }")
    return re.sub(rf"^to = {_END}\n", "", text, flags=re.M)


def _titled(text: str) -> str:
    title = next(line for line in text.splitlines() if line.startswith("title = "))
    noted = title
    for language, note in _TITLES.items():
        noted = re.sub(rf'({language} = "[^"]*)"', rf'\g<1>{note}"', noted)
    return text.replace(title, noted, 1)
