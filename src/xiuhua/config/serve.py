"""`xiuhua serve`: the whole application as one command."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

import click

from xiuhua.cli.language import example, paragraphs, say
from xiuhua.config.django_start import data_option, django_ready
from xiuhua.config.locks import server_lock
from xiuhua.config.supervisor import Part, Supervisor, python_part
from xiuhua.core.errors import XiuhuaError


# The task at hand may be a screening of a whole county.
_WORKER_PATIENCE_SECONDS: Final = 60.0
_UP_WITHIN_SECONDS: Final = 120.0
PARTS: Final = ("web", "worker", "tick")


class PortBusy(XiuhuaError):
    """The address to listen at is taken or not ours."""

    code = "config.port_busy"


@click.command(
    help=paragraphs(
        say("Run the server: pages, workers and what is done by itself."),
        say(
            "The first start makes the database. A database of an older version is "
            "refused: `xiuhua upgrade` brings it up. SIGTERM or Ctrl-C ends all parts "
            "in order; the task at hand is finished first, for a minute at most."
        ),
        example("xiuhua serve --host 0.0.0.0 --certificate own.crt --key own.key"),
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
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 16),
    help=say("Processes that do tasks."),
)
@click.option(
    "--certificate",
    default="",
    help=say("Certificate file, to serve https without a proxy."),
)
@click.option("--key", default="", help=say("Key file of the certificate."))
@click.option(
    "--only",
    type=click.Choice(PARTS),
    help=say(
        "Run one part alone; on PostgreSQL, where services are kept by the system."
    ),
)
@data_option
def serve(
    host: str, port: int, workers: int, certificate: str, key: str, only: str | None
) -> None:
    """Check, prepare, then run until told to end."""
    run_server(
        host=host, port=port, workers=workers, transport=(certificate, key), only=only
    )


def run_server(
    *,
    host: str,
    port: int,
    workers: int,
    transport: tuple[str, str],
    only: str | None = None,
    announce: Callable[[str], None] = click.echo,
) -> None:
    """Run the server until told to end, with the code of its end.

    Raises:
        XiuhuaError: when something stands against serving; nothing was started then.
    """
    django_ready()
    from django.conf import settings  # noqa: PLC0415  after the set-up
    from django.db import connection, connections  # noqa: PLC0415

    from xiuhua.config import boot  # noqa: PLC0415

    boot.transport_checked(certificate=transport[0])
    if only in (None, "web"):
        port_checked(host, port)
    with ExitStack() as stack:
        handles: tuple[int, ...] = ()
        if connection.vendor == "sqlite" or only is None:
            handles = (stack.enter_context(server_lock(settings.DATA_DIR)),)
        boot.database_checked()
        boot.durability_checked()
        boot.database_current()
        boot.static_files_current()
        if connection.vendor == "sqlite":
            # Alone on this folder: what still runs was broken off.
            boot.broken_off_requeued()
        connections.close_all()
        words = [host, str(port), *filter(None, transport)]
        parts = _parts(words, workers=workers, only=only)
        address = f"{'https' if transport[0] else 'http'}://{_named(host)}:{port}/"

        def when_up(is_ended: Callable[[], bool]) -> None:
            if only not in (None, "web") or _answers(host, port, is_ended, transport):
                announce(address if only in (None, "web") else f"{only}: ok")

        code = Supervisor(parts, handles=handles).run(when_up=when_up)
    sys.exit(code)


def port_checked(host: str, port: int) -> None:
    """Ask whether the port is free: two servers could share it without noticing.

    Raises:
        PortBusy: when something listens there already.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as link:
        if os.name == "posix":
            # A port just left is free; on Windows this would allow a busy one.
            link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            link.bind((host, port))
        except OSError as error:
            raise PortBusy(
                "cannot listen at {host}, port {port}: {why}",
                host=host,
                port=port,
                why=error.strerror,
                hint="name another with --port",
            ) from error


def _parts(words: list[str], *, workers: int, only: str | None) -> list[Part]:
    """Return the parts in the order in which they are ended."""
    made = {
        "web": [python_part("web", *words)],
        "tick": [python_part("tick")],
        "worker": [
            python_part("worker", patience_seconds=_WORKER_PATIENCE_SECONDS)
            for _ in range(workers)
        ],
    }
    return [part for name in made if only in (None, name) for part in made[name]]


def _named(host: str) -> str:
    """Return how the machine itself reaches an address to listen at."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  read, not bound
    return everywhere.get(host, f"[{host}]" if ":" in host else host)


def _answers(
    host: str, port: int, is_ended: Callable[[], bool], transport: tuple[str, str]
) -> bool:
    """Wait until the pages answer; return whether they do."""
    until = time.monotonic() + _UP_WITHIN_SECONDS
    while time.monotonic() < until and not is_ended():
        if _answers_now(_named(host).strip("[]"), port, secure=bool(transport[0])):
            return True
        time.sleep(0.2)
    return False


def _answers_now(host: str, port: int, *, secure: bool) -> bool:
    """Test whether something speaks HTTP there; over TLS whether it accepts at all."""
    link = http.client.HTTPConnection(host, port, timeout=5)
    try:
        link.connect()
        if not secure:
            link.request("GET", "/health/live/", headers={"Host": "localhost"})
            link.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
    return True
