"""The standard of household exit written by hand in Polars."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hand_written import (
    EARLY,
    EXCUSED,
    INCIDENCE_PERCENT,
    INDICATORS,
    LINE_FEN,
    LITRES,
    MINUTES,
    SCHOOLED,
    SERVICES,
    STUDY,
    SUPPLY,
    UNDER_6,
    UNDER_7,
    UNDER_16,
    WORDS,
)


def polars_streaming(data: Path, out: Path) -> None:
    """Polars: lazy frames, collected by the streaming engine."""
    verdicts = _polars_verdicts(data).collect(engine="streaming")
    verdicts.select(
        "household_id",
        *INDICATORS,
        "overall",
        "net_income_per_capita",
        "n_persons",
    ).write_parquet(out / "verdicts.parquet", compression="zstd", compression_level=1)
    counted = _polars_counts(verdicts)
    villages = pl.read_parquet(
        data / "village.parquet",
        columns=["village_code", "agricultural_population", *SERVICES],
    )
    _polars_villages(villages, counted).write_parquet(out / "villages.parquet")
    placed = counted.join(
        villages.select("village_code", "agricultural_population"),
        on="village_code",
        how="left",
    )
    levels = [
        placed.group_by(pl.col("village_code").str.slice(0, width).alias("region")).agg(
            pl.col(pl.Int64).sum()
        )
        for width in (12, 9, 6)
    ]
    people = pl.col("agricultural_population")
    pl.concat(levels).with_columns(
        incidence_per_100m=(200_000_000 * pl.col("remaining_persons") + people)
        // (2 * people)
    ).write_parquet(out / "regions.parquet")


def _polars_truth(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Int8) * 2).fill_null(1).alias(name)


def _polars_case(*cases: tuple[pl.Expr, int], otherwise: int) -> pl.Expr:
    chain = pl.when(cases[0][0]).then(pl.lit(cases[0][1], dtype=pl.Int8))
    for condition, code in cases[1:]:
        chain = chain.when(condition).then(pl.lit(code, dtype=pl.Int8))
    return chain.otherwise(pl.lit(otherwise, dtype=pl.Int8))


def _polars_people(data: Path) -> pl.LazyFrame:
    born, stage = pl.col("birth_date"), pl.col("school_stage")
    education = pl.col("education")
    school = _polars_case(
        ((born > UNDER_6) | (born <= UNDER_16), 3),
        (
            stage.is_in(STUDY)
            | education.is_in(SCHOOLED)
            | pl.col("absence_reason").is_in(EXCUSED)
            | ((born > UNDER_7) & stage.is_in(EARLY)),
            2,
        ),
        (born.is_null() | (stage.is_null() & education.is_null()), 1),
        otherwise=0,
    )
    resident = pl.col("resident_medical_insurance")
    employee = pl.col("employee_medical_insurance")
    medical = _polars_case(
        (resident | employee, 2),
        (resident.is_null() | employee.is_null(), 1),
        otherwise=0,
    )
    return (
        pl.scan_parquet(data / "person.parquet")
        .group_by("household_id")
        .agg(
            n_persons=pl.len().cast(pl.Int64),
            compulsory_education=school.min(),
            basic_medical=medical.min(),
        )
    )


def _polars_verdicts(data: Path) -> pl.LazyFrame:
    size, net = pl.col("n_persons"), pl.col("net_income")
    return (
        pl.scan_parquet(data / "household.parquet")
        .join(_polars_people(data), on="household_id", how="left")
        .select(
            "household_id",
            "village_code",
            "exit_status",
            size.fill_null(0),
            pl.col("compulsory_education", "basic_medical").fill_null(1),
            _polars_truth("enough_food").alias("food"),
            _polars_truth("seasonal_clothing").alias("clothing"),
            _polars_case(
                (pl.col("housing_grade").is_in(("A", "B")), 2),
                (pl.col("housing_grade").is_null(), 1),
                otherwise=0,
            ).alias("safe_housing"),
            _polars_water().alias("safe_water"),
            net_income=pl.col("wage_income")
            + pl.col("business_income")
            + pl.col("property_income")
            + pl.col("transfer_income")
            - pl.col("business_expense"),
        )
        .with_columns(
            income=_polars_case(
                ((size == 0) | net.is_null(), 1),
                (net > LINE_FEN * size, 2),
                otherwise=0,
            ),
            net_income_per_capita=pl.when(size > 0).then(
                net.sign() * ((2 * net.abs() + size) // (2 * size))
            ),
        )
        .with_columns(overall=pl.min_horizontal(INDICATORS))
    )


def _polars_water() -> pl.Expr:
    parts = (
        pl.col("water_quantity") >= LITRES,
        pl.col("water_quality").is_in(("attained", "basically_attained")),
        pl.col("water_round_trip") <= MINUTES,
        pl.col("water_supply_rate") >= SUPPLY,
    )
    return pl.min_horizontal([(p.cast(pl.Int8) * 2).fill_null(1) for p in parts])


def _polars_counts(verdicts: pl.DataFrame) -> pl.DataFrame:
    exited = pl.col("exit_status") == "exited"
    remaining = pl.col("exit_status") == "not_exited"
    size = pl.col("n_persons")
    return (
        verdicts.lazy()
        .group_by("village_code")
        .agg(
            pl.len().cast(pl.Int64).alias("households"),
            size.sum().alias("persons"),
            exited.sum().cast(pl.Int64).alias("exited_households"),
            size.filter(exited).sum().alias("exited_persons"),
            remaining.sum().cast(pl.Int64).alias("remaining_households"),
            size.filter(remaining).sum().alias("remaining_persons"),
            *(
                (pl.col(name) == code).sum().cast(pl.Int64).alias(f"{name}_{word}")
                for name in (*INDICATORS, "overall")
                for code, word in enumerate(WORDS)
            ),
        )
        .collect(engine="streaming")
    )


def _polars_villages(villages: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    poor = pl.col("remaining_persons").fill_null(0)
    people = pl.col("agricultural_population")
    return (
        villages.join(
            counted.select("village_code", "remaining_persons"),
            on="village_code",
            how="left",
        )
        .select(
            "village_code",
            _polars_case(
                (100 * poor < INCIDENCE_PERCENT * people, 2),
                (people > 0, 0),
                otherwise=1,
            ).alias("incidence"),
            *(_polars_truth(s) for s in SERVICES),
        )
        .with_columns(overall=pl.min_horizontal("incidence", *SERVICES))
    )
