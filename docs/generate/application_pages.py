"""The pages of the application: settings, roles, commands of the server."""

from __future__ import annotations

import argparse
from typing import Final

from django.core.management import get_commands, load_command_class
from docs.generate.markdown import code, page, table

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, SECTORS
from xiuhua.config.variables import VARIABLES
from xiuhua.core.dictionary.model import Mask


_EVERY_COMMAND: Final = {
    "help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color",
    "force_color", "skip_checks",
}  # fmt: skip


def setting_page() -> str:
    """Return the page of environment variables."""
    return page(
        "设置 · Settings",
        "Read from the environment when the application starts. A value that cannot be "
        "read, or a variable of this prefix that is not on the list, stops the start. "
        "Everything else is fixed in `config/settings.py`, each line with its reason.",
        table(
            ["variable", "default", "meaning"],
            ((code(v.name), code(v.default), v.meaning) for v in VARIABLES),
        ),
    )


def role_page() -> str:
    """Return the page of roles, permissions and sectors."""
    return page(
        "角色 · Roles",
        "A person acts in a *post*: a role in a region, for a time. The table says at "
        "which levels a role can be held, what it allows, and which masking class of "
        "the [data dictionary](dictionary.md) it may see in full. *Secret* fields are "
        "shown one by one, each time for a recorded reason. Roles of the kind *check* "
        "have an end and are never held in a county where the person works or worked; "
        "the three administrators hold no other post and see no household.",
        table(
            ["role", "角色", "name", "kind", "levels", "sees", "permissions"],
            (
                (
                    code(r.code),
                    r.label.zh,
                    r.label.en,
                    r.kind.value,
                    ", ".join(sorted(r.levels)),
                    r.sees.value,
                    ", ".join(p.value for p in Permission if p in r.permissions),
                )
                for r in ROLES.values()
            ),
        ),
        "## Masking classes",
        ", ".join(code(mask.value) for mask in Mask) + ", from least to most guarded.",
        "## Sectors",
        table(
            ["sector", "行业", "name"],
            ((code(c), label.zh, label.en) for c, label in SECTORS.items()),
        ),
    )


def own_commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of every command of the application, by name."""
    return {
        name: load_command_class(app, name).create_parser("manage.py", name)
        for name, app in sorted(get_commands().items())
        if app.startswith("xiuhua.")
    }


def manage_page() -> str:
    """Return the page of the server's commands."""
    parts = []
    for name, parser in own_commands().items():
        given = [a for a in parser._actions if a.dest not in _EVERY_COMMAND]
        parts += [
            f"## {name}",
            parser.description or "",
            table(
                ["argument", "needed", "meaning"],
                (
                    (
                        code(", ".join(a.option_strings) or str(a.metavar or a.dest)),
                        "yes" if a.required else "",
                        a.help or "",
                    )
                    for a in given
                ),
            ),
        ]
    return page(
        "服务器命令 · Commands of the server",
        "Run as `python manage.py <command>` beside Django's own, such as `migrate`.",
        *parts,
    )
