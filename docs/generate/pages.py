"""All reference pages by their path below docs/reference."""

from __future__ import annotations

from docs.generate.application_pages import manage_page, role_page, setting_page
from docs.generate.command_page import command_page
from docs.generate.dictionary_page import dictionary_page
from docs.generate.language_page import language_page
from docs.generate.markdown import bullets, page
from docs.generate.pack_pages import pack_list, pack_page
from docs.generate.program_pages import error_page, fault_page

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.packs import load_pack, open_packs


def reference_pages() -> dict[str, str]:
    """Return the text of every page."""
    reader = open_packs()
    packs = [load_pack(name, reader) for name in reader.names()]
    pages = {
        "dictionary.md": dictionary_page(load_dictionary()),
        "language.md": language_page(),
        "commands.md": command_page(),
        "errors.md": error_page(),
        "faults.md": fault_page(),
        "settings.md": setting_page(),
        "roles.md": role_page(),
        "manage.md": manage_page(),
        "packs/README.md": page("标准包 · Packs", pack_list(packs)),
    }
    pages |= {f"packs/{pack.id}.md": pack_page(pack) for pack in packs}
    return {"README.md": _index(pages), **pages}


def _index(pages: dict[str, str]) -> str:
    titles = {path: text.split("\n", 1)[0].lstrip("# ") for path, text in pages.items()}
    return page(
        "参考 · Reference",
        bullets(f"[{title}]({path})" for path, title in titles.items()),
    )
