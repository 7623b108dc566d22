"""`xiuhua demo`: an invented county at work, by one command."""

from __future__ import annotations

import os
from typing import Final

import click

from xiuhua.cli.language import paragraphs, say
from xiuhua.config.django_start import data_option, django_ready
from xiuhua.config.serve import port_checked, run_server


# What a demonstration on one machine does without; what is set already stands.
_SETTINGS: Final = {
    "XIUHUA_DATA_DIR": "demo-out/data",
    "XIUHUA_DEMO": "1",
    "XIUHUA_HTTPS": "0",
    "XIUHUA_SECOND_FACTOR": "0",
    "XIUHUA_IDLE_MINUTES": "480",
}


@click.command(
    help=paragraphs(
        say("Run a demonstration: an invented county with a login for every role."),
        say(
            "The first start makes the database and enters the county; every later "
            "one keeps what was entered. For this machine alone: no https, no second "
            "factor."
        ),
    )
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=say("Address to listen at.")
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help=say("Port to listen at."),
)
@data_option
def demo(host: str, port: int) -> None:
    """Enter the county unless it is there, then serve."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    port_checked(host, port)
    django_ready()
    from django.conf import settings  # noqa: PLC0415  after the set-up
    from django.core.management import call_command  # noqa: PLC0415

    from xiuhua.config.boot import database_checked, migrations_ahead  # noqa: PLC0415
    from xiuhua.config.locks import server_lock  # noqa: PLC0415

    with server_lock(settings.DATA_DIR):
        database_checked()
        if migrations_ahead():
            # Nothing in it is worth a backup: it can be made anew.
            call_command("migrate", verbosity=0, interactive=False)
        call_command("load_demo")

    def announce(address: str) -> None:
        click.echo("")
        click.echo(say("Open in a browser: {address}").format(address=address))
        click.echo(
            say("Data: {folder}. Ctrl-C ends it.").format(folder=settings.DATA_DIR)
        )

    run_server(host=host, port=port, workers=1, transport=("", ""), announce=announce)
