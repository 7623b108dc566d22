"""`xiuhua template`: the empty workbook a county fills in."""

from __future__ import annotations

from pathlib import Path

import click

from xiuhua.cli.language import LANGUAGE, lang_option, say
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.template import write_template
from xiuhua.core.verification.template import write_self_check_template


class TemplateRefused(XiuhuaError):
    """The template cannot be written where it was asked for."""

    code = "cli.template"


@click.command(
    "template",
    help=say(
        "Write an empty workbook to OUT with a sheet each for households, persons and "
        "villages, drop-downs, the meaning of every column and the code lists."
    ),
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--whole",
    is_flag=True,
    help=say("With every field of the dictionary, not only those the standards ask."),
)
@click.option(
    "--self-check",
    is_flag=True,
    help=say("Write the empty workbook of a self-check instead: the sheet 样本."),
)
@click.option("--force", is_flag=True, help=say("Write over a file that exists."))
@lang_option
def template(out: Path, whole: bool, self_check: bool, force: bool) -> None:
    """Write an empty workbook."""
    if out.suffix.lower() != ".xlsx":
        raise TemplateRefused(
            "{out}: the template is an .xlsx workbook",
            out=out,
            hint="give it a name that ends with .xlsx",
        )
    if out.exists() and not force:
        raise TemplateRefused(
            "{out} exists already", out=out, hint="another name, or --force"
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if self_check:
            write_self_check_template(out)
        else:
            write_template(out, whole=whole, language=LANGUAGE)
    except OSError as error:
        raise TemplateRefused(
            "cannot write {out}: {reason}", out=out, reason=error.strerror or str(error)
        ) from error
    click.echo(say("Empty workbook: {out}").format(out=out))
