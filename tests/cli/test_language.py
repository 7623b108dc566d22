"""The words of click itself follow the language of the interface."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from docs.generate.command_page import command_helps


SCREEN = ("screen", "registry", "--region", "239906", "--as-of", "2019-11-22")
# What is asked, and what click answers in English.
ENGLISH = {
    ("--help",): ("Usage: xiuhua [OPTIONS]", "Options:", "Show this message and exit."),
    ("--version",): ("xiuhua, version ",),
    ("screen", "--help"): ("[required]", "[default: household_exit]"),
    ("screen", "registry"): (
        "Try 'xiuhua screen --help' for help.",
        "Error: Missing option '--region'.",
    ),
    ("screen",): ("Error: Missing argument 'REGISTRY'.",),
    (*SCREEN, "--engine", "abacus"): (
        "Error: Invalid value for '--engine': 'abacus' is not one of 'duckdb', ",
    ),
    (*SCREEN, "--ou", "x"): ("No such option '--ou'", "Did you mean", "--out"),
    ("scren",): ("Error: No such command 'scren'.",),
    ("teams", "form", "--villages", "none.csv"): ("File 'none.csv' does not exist.",),
    ("teams", "form", "--villages", "."): ("File '.' is a directory.",),
    ("teams", "form", "--teams", "0"): ("0 is not in the range x>=1.",),
    ("teams", "form", "--teams"): ("Option '--teams' requires an argument.",),
}
# The name of a command and its place for options are the same in every language.
COMMAND = re.compile(r"xiuhua(?: [a-z]+)*(?: \[OPTIONS\])?")
SENTENCE = re.compile(r"\b[A-Z]?[a-z]+ [a-z]+ [a-z]+")
WORD_OF_CLICK = re.compile(
    r"\b(usage|options|error|default|required|missing|invalid|such|file|directory)\b",
    re.IGNORECASE,
)


def _output(language: str, *arguments: str) -> str:
    # The language of the machine must not matter: it is the other one here.
    other = {"zh": "en_US", "en": "zh_Hans"}[language]
    done = subprocess.run(
        [sys.executable, "-m", "xiuhua", *arguments],
        env=os.environ
        | {"XIUHUA_LANG": language, "LANGUAGE": other, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("arguments", ENGLISH, ids=" ".join)
def test_no_english_sentence_in_chinese(arguments: tuple[str, ...]) -> None:
    output = COMMAND.sub("", _output("zh", *arguments))

    assert re.search("[一-鿿]", output)
    assert SENTENCE.findall(output) == []
    assert WORD_OF_CLICK.findall(output) == []


@pytest.mark.parametrize("arguments", ENGLISH, ids=" ".join)
def test_english_is_as_click_words_it(arguments: tuple[str, ...]) -> None:
    output = " ".join(_output("en", *arguments).split())

    assert [text for text in ENGLISH[arguments] if text.strip() not in output] == []


def test_help_of_every_command_is_chinese() -> None:
    for name, text in command_helps("zh").items():
        prose = COMMAND.sub("", text)

        assert SENTENCE.findall(prose) == [], name
        assert name == "xiuhua" or "--help" in text


def test_examples_are_the_same_in_both_languages() -> None:
    texts = command_helps("zh"), command_helps("en")

    calls = [re.findall(r"^  (xiuhua .*)$", "\n".join(t.values()), re.M) for t in texts]
    assert calls[0] == calls[1]
    assert len(calls[0]) > 5
