from __future__ import annotations

from pathlib import Path

import pytest

from xiuhua.config.databases import DatabaseAddressWrong, database_settings
from xiuhua.config.variables import VARIABLES, SettingUnreadable, read_variables


def test_nothing_given_means_the_safe_defaults():
    values = read_variables({"PATH": "/bin"})

    assert len(values) == len(VARIABLES)
    assert values["DATABASE_URL"] == "sqlite"
    assert values["DEBUG"] is False
    assert values["HTTPS"] is True
    assert values["SECOND_FACTOR"] is True
    assert values["HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert values["DATA_DIR"] == Path("var").resolve()


def test_what_is_given_is_read():
    given = {
        "XIUHUA_HTTPS": "off",
        "XIUHUA_IDLE_MINUTES": "5",
        "XIUHUA_HOSTS": "a.example, b.example",
        "XIUHUA_LANGUAGE": "en",
        "XIUHUA_DEBUG": " ",
    }

    values = read_variables(given)

    assert values["HTTPS"] is False
    assert values["IDLE_MINUTES"] == 5
    assert values["HOSTS"] == ["a.example", "b.example"]
    assert values["LANGUAGE"] == "en"
    assert values["DEBUG"] is False


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("XIUHUA_HTTPS", "maybe"),
        ("XIUHUA_IDLE_MINUTES", "0"),
        ("XIUHUA_IDLE_MINUTES", "-5"),
        ("XIUHUA_IDLE_MINUTES", "many"),
        ("XIUHUA_LANGUAGE", "fr"),
        ("XIUHUA_HTTP", "1"),
    ],
)
def test_what_cannot_be_read_or_is_misspelled_is_refused(name, text):
    with pytest.raises(SettingUnreadable, match=name):
        read_variables({name: text})


def test_sqlite_is_a_file_that_survives_a_power_cut():
    conf = database_settings("sqlite", Path("folder"))

    assert conf["NAME"] == Path("folder/xiuhua.sqlite3")
    assert conf["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in conf["OPTIONS"]["init_command"]


def test_an_address_is_a_postgresql_database():
    address = "postgresql://a%40b:p%2Fw@db.example:5433/xiuhua"

    conf = database_settings(address, Path())

    assert (conf["USER"], conf["PASSWORD"]) == ("a@b", "p/w")
    assert (conf["HOST"], conf["PORT"], conf["NAME"]) == (
        "db.example",
        "5433",
        "xiuhua",
    )


def test_transport_to_the_database_can_be_guarded():
    conf = database_settings("postgresql://h/n?sslmode=verify-full", Path())

    assert conf["OPTIONS"] == {"sslmode": "verify-full"}


def test_a_socket_is_named_by_its_folder():
    conf = database_settings("postgresql:///xiuhua?host=/run/pg", Path())

    assert (conf["HOST"], conf["NAME"]) == ("/run/pg", "xiuhua")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:secret@h/n?sslmod=require",
        "mysql://u:secret@h/n",
        "postgresql://u:secret@h",
        "",
    ],
)
def test_another_address_is_refused_without_its_password(address):
    with pytest.raises(DatabaseAddressWrong) as error:
        database_settings(address, Path())

    assert "secret" not in str(error.value)
