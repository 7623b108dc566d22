"""`xiuhua synth` from the command line."""

import pyarrow.parquet as pq
from click.testing import CliRunner

from xiuhua.cli.synth import synth


def test_synth_writes_the_households_asked_for(tmp_path):
    out = tmp_path / "made"

    result = CliRunner().invoke(
        synth,
        ["--households", "40", "--seed", "3", "--region", "5299", "--out", str(out)],
    )

    assert result.exit_code == 0, result.output
    codes = pq.read_table(out / "household.parquet")["village_code"].to_pylist()
    assert len(codes) == 40
    assert {code[:4] for code in codes} == {"5299"}


def test_synth_explains_every_option():
    result = CliRunner().invoke(synth, ["--help"])

    assert result.exit_code == 0
    for option in (
        "--households",
        "--seed",
        "--out",
        "--format",
        "--region",
        "--faults",
    ):
        assert option in result.output
