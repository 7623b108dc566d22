"""The household-exit standard written by hand in DuckDB SQL, Polars and pandas.

Each function reads `household.parquet`, `person.parquet` and `village.parquet` and
writes `verdicts.parquet`, `villages.parquet` and `regions.parquet`: the indicators of
household exit per household, village exit per village, and counts per village,
township and county. Verdicts are 0 unmet, 1 unknown, 2 met, 3 not applicable, so that
the minimum is *all*. Written as a good analyst would write it once, for one standard,
one date and one region: the western thresholds of 2019 in a water-rich area.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl


AS_OF = date(2019, 12, 31)
LINE_FEN = 321_800
LITRES = 35_00
MINUTES = 20_0
SUPPLY = 90_00
INCIDENCE_PERCENT = 3
# Born after the first: under 6; after the second: under 7; after the third: under 16.
UNDER_6 = date(AS_OF.year - 6, AS_OF.month, AS_OF.day)
UNDER_7 = date(AS_OF.year - 7, AS_OF.month, AS_OF.day)
UNDER_16 = date(AS_OF.year - 16, AS_OF.month, AS_OF.day)
STUDY = (
    *("primary", "junior_1", "junior_2", "junior_3", "senior_1", "senior_2"),
    *("senior_3", "vocational_1", "vocational_2", "vocational_3"),
    *("higher_vocational_1", "higher_vocational_2", "higher_vocational_3"),
    *("technician_1", "technician_2", "technician_3", "technician_4"),
    *("bachelor_1", "bachelor_2", "bachelor_3", "bachelor_4", "bachelor_5"),
    *("college_or_above", "graduate"),
)
SCHOOLED = (
    *("junior_secondary", "senior_secondary", "college_or_above", "college"),
    "bachelor_or_above",
)
EXCUSED = ("illness", "disability")
EARLY = ("preschool", "before_school")
INDICATORS = (
    *("income", "food", "clothing", "compulsory_education", "basic_medical"),
    *("safe_housing", "safe_water"),
)
SERVICES = ("hard_road", "broadband", "broadcast", "clinic", "doctor", "culture_place")
WORDS = ("unmet", "unknown", "met", "not_applicable")


def duckdb_sql(data: Path, out: Path) -> None:
    """DuckDB: one statement per step, each reading what the one before it made."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE {name} = {code}) AS {name}_{word}"
        for name in (*INDICATORS, "overall")
        for code, word in enumerate(WORDS)
    )
    counted = [f"{n}_{w}" for n in (*INDICATORS, "overall") for w in WORDS]
    sums = ", ".join(
        f"sum({name})::BIGINT AS {name}"
        for name in (*REGION_COUNTS, "agricultural_population", *counted)
    )
    services = ", ".join(
        f"CASE WHEN {s} THEN 2 WHEN NOT {s} THEN 0 ELSE 1 END::TINYINT AS {s}"
        for s in SERVICES
    )
    con = duckdb.connect(config={"preserve_insertion_order": False})
    con.execute(
        f"""
        CREATE TEMP TABLE verdict AS
        WITH people AS (
            SELECT household_id, count(*) AS n_persons,
                min(CASE WHEN birth_date > DATE '{UNDER_6}'
                           OR birth_date <= DATE '{UNDER_16}' THEN 3
                    WHEN school_stage IN {STUDY} OR education IN {SCHOOLED}
                      OR absence_reason IN {EXCUSED}
                      OR (birth_date > DATE '{UNDER_7}' AND school_stage IN {EARLY})
                    THEN 2
                    WHEN birth_date IS NULL
                      OR (school_stage IS NULL AND education IS NULL) THEN 1
                    ELSE 0 END)::TINYINT AS compulsory_education,
                min(CASE WHEN resident_medical_insurance
                           OR employee_medical_insurance THEN 2
                    WHEN resident_medical_insurance IS NULL
                      OR employee_medical_insurance IS NULL THEN 1
                    ELSE 0 END)::TINYINT AS basic_medical
            FROM read_parquet('{data}/person.parquet') GROUP BY household_id
        ), home AS (
            SELECT h.household_id, village_code, exit_status,
                coalesce(n_persons, 0) AS n_persons,
                wage_income + business_income + property_income + transfer_income
                    - business_expense AS net_income,
                CASE WHEN enough_food THEN 2 WHEN NOT enough_food THEN 0
                    ELSE 1 END::TINYINT AS food,
                CASE WHEN seasonal_clothing THEN 2 WHEN NOT seasonal_clothing THEN 0
                    ELSE 1 END::TINYINT AS clothing,
                coalesce(compulsory_education, 1) AS compulsory_education,
                coalesce(basic_medical, 1) AS basic_medical,
                CASE WHEN housing_grade IN ('A', 'B') THEN 2
                    WHEN housing_grade IS NOT NULL THEN 0 ELSE 1 END::TINYINT
                    AS safe_housing,
                CASE WHEN water_quantity >= {LITRES}
                      AND water_quality IN ('attained', 'basically_attained')
                      AND water_round_trip <= {MINUTES}
                      AND water_supply_rate >= {SUPPLY} THEN 2
                    WHEN water_quantity < {LITRES} OR water_quality = 'not_attained'
                      OR water_round_trip > {MINUTES}
                      OR water_supply_rate < {SUPPLY} THEN 0
                    ELSE 1 END::TINYINT AS safe_water
            FROM read_parquet('{data}/household.parquet') h
            LEFT JOIN people USING (household_id)
        ), judged AS (
            SELECT *,
                CASE WHEN n_persons = 0 OR net_income IS NULL THEN 1
                    WHEN net_income > {LINE_FEN} * n_persons THEN 2
                    ELSE 0 END::TINYINT AS income
            FROM home
        )
        SELECT household_id, village_code, exit_status, {", ".join(INDICATORS)},
            least({", ".join(INDICATORS)}) AS overall,
            CASE WHEN n_persons > 0 THEN sign(net_income)
                * ((2 * abs(net_income) + n_persons) // (2 * n_persons)) END
                AS net_income_per_capita,
            n_persons
        FROM judged
        """
    )
    con.execute(
        f"""
        COPY (SELECT * EXCLUDE (village_code, exit_status) FROM verdict)
        TO '{out}/verdicts.parquet' (FORMAT parquet, COMPRESSION zstd)
        """
    )
    con.execute(
        f"""
        CREATE TEMP TABLE counted AS
        SELECT village_code, count(*) AS households, sum(n_persons) AS persons,
            count(*) FILTER (WHERE exit_status = 'exited') AS exited_households,
            coalesce(sum(n_persons) FILTER (WHERE exit_status = 'exited'), 0)
                AS exited_persons,
            count(*) FILTER (WHERE exit_status = 'not_exited')
                AS remaining_households,
            coalesce(sum(n_persons) FILTER (WHERE exit_status = 'not_exited'), 0)
                AS remaining_persons,
            {counts}
        FROM verdict GROUP BY village_code
        """
    )
    con.execute(
        f"""
        CREATE TEMP TABLE village AS
        SELECT v.village_code, agricultural_population, {services},
            coalesce(remaining_persons, 0) AS poor
        FROM read_parquet('{data}/village.parquet') v
        LEFT JOIN counted USING (village_code)
        """
    )
    con.execute(
        f"""
        COPY (
            SELECT *, least(incidence, {", ".join(SERVICES)}) AS overall
            FROM (SELECT village_code,
                CASE WHEN 100 * poor < {INCIDENCE_PERCENT} * agricultural_population
                    THEN 2
                    WHEN agricultural_population > 0 THEN 0
                    ELSE 1 END::TINYINT AS incidence, {", ".join(SERVICES)}
                FROM village)
        ) TO '{out}/villages.parquet' (FORMAT parquet, COMPRESSION zstd)
        """
    )
    con.execute(
        f"""
        COPY (
            WITH places AS (
                SELECT * FROM counted
                LEFT JOIN (SELECT village_code, agricultural_population FROM village)
                USING (village_code)
            ), levels AS (
                SELECT village_code AS region, {sums} FROM places GROUP BY 1
                UNION ALL
                SELECT left(village_code, 9), {sums} FROM places GROUP BY 1
                UNION ALL
                SELECT left(village_code, 6), {sums} FROM places GROUP BY 1
            )
            SELECT *, (2 * 100000000 * remaining_persons + agricultural_population)
                // (2 * agricultural_population) AS incidence_per_100m
            FROM levels
        ) TO '{out}/regions.parquet' (FORMAT parquet, COMPRESSION zstd)
        """
    )
    con.close()


REGION_COUNTS = (
    *("households", "persons", "exited_households", "exited_persons"),
    *("remaining_households", "remaining_persons"),
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


def _polars_verdicts(data: Path) -> pl.LazyFrame:
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
    people = (
        pl.scan_parquet(data / "person.parquet")
        .group_by("household_id")
        .agg(
            n_persons=pl.len().cast(pl.Int64),
            compulsory_education=school.min(),
            basic_medical=medical.min(),
        )
    )
    size, net = pl.col("n_persons"), pl.col("net_income")
    return (
        pl.scan_parquet(data / "household.parquet")
        .join(people, on="household_id", how="left")
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


def pandas_frames(data: Path, out: Path) -> None:
    """pandas: whole frames with Arrow columns, masks by NumPy."""
    verdicts = _pandas_verdicts(data)
    names = ["household_id", *INDICATORS, "overall", "net_income_per_capita"]
    verdicts[[*names, "n_persons"]].to_parquet(
        out / "verdicts.parquet", index=False, compression="zstd"
    )
    counted = _pandas_counts(verdicts)
    villages = pd.read_parquet(
        data / "village.parquet",
        columns=["village_code", "agricultural_population", *SERVICES],
        dtype_backend="pyarrow",
    )
    _pandas_villages(villages, counted).to_parquet(out / "villages.parquet")
    people = villages.set_index("village_code")["agricultural_population"]
    placed = counted.join(people.astype("int64"))
    levels = [placed.groupby(placed.index.str[:w]).sum() for w in (12, 9, 6)]
    regions = pd.concat(levels).rename_axis("region").reset_index()
    base = regions["agricultural_population"]
    regions["incidence_per_100m"] = (
        200_000_000 * regions["remaining_persons"] + base
    ) // (2 * base)
    regions.to_parquet(out / "regions.parquet", index=False)


def _true(values: pd.Series) -> np.ndarray:
    return values.fillna(False).to_numpy(dtype=bool)


def _pandas_truth(values: pd.Series) -> np.ndarray:
    known = values.notna().to_numpy()
    return np.where(known, 2 * _true(values), 1).astype(np.int8)


def _pandas_verdicts(data: Path) -> pd.DataFrame:
    people = _pandas_people(data)
    columns = [
        *("household_id", "village_code", "exit_status", "enough_food"),
        *("seasonal_clothing", "housing_grade", "water_quantity", "water_quality"),
        *("water_round_trip", "water_supply_rate", "wage_income", "business_income"),
        *("property_income", "transfer_income", "business_expense"),
    ]
    frame = pd.read_parquet(
        data / "household.parquet", columns=columns, dtype_backend="pyarrow"
    ).merge(people, on="household_id", how="left")
    size = frame["n_persons"].fillna(0).astype("int64")
    net = (
        frame["wage_income"]
        + frame["business_income"]
        + frame["property_income"]
        + frame["transfer_income"]
        - frame["business_expense"]
    )
    frame["n_persons"] = size
    frame["food"] = _pandas_truth(frame["enough_food"])
    frame["clothing"] = _pandas_truth(frame["seasonal_clothing"])
    for name in ("compulsory_education", "basic_medical"):
        frame[name] = frame[name].fillna(1).astype("int8")
    grade = frame["housing_grade"]
    frame["safe_housing"] = _pandas_truth(grade.isin(("A", "B")).where(grade.notna()))
    quality = frame["water_quality"]
    good = quality.isin(("attained", "basically_attained")).where(quality.notna())
    frame["safe_water"] = np.minimum.reduce(
        [
            _pandas_truth(frame["water_quantity"] >= LITRES),
            _pandas_truth(good),
            _pandas_truth(frame["water_round_trip"] <= MINUTES),
            _pandas_truth(frame["water_supply_rate"] >= SUPPLY),
        ]
    )
    known = net.notna().to_numpy()
    fen, count = net.fillna(0).to_numpy(dtype=np.int64), size.to_numpy()
    above = np.where(fen > LINE_FEN * count, 2, 0)
    frame["income"] = np.where((count == 0) | ~known, 1, above).astype(np.int8)
    frame["overall"] = frame[list(INDICATORS)].min(axis=1)
    each = np.maximum(count, 1)
    capita = np.sign(fen) * ((2 * np.abs(fen) + each) // (2 * each))
    frame["net_income_per_capita"] = pd.Series(capita, dtype="Int64").where(
        known & (count > 0)
    )
    return frame


def _pandas_people(data: Path) -> pd.DataFrame:
    columns = [
        *("household_id", "birth_date", "school_stage", "education"),
        *("absence_reason", "resident_medical_insurance"),
        "employee_medical_insurance",
    ]
    people = pd.read_parquet(
        data / "person.parquet", columns=columns, dtype_backend="pyarrow"
    )
    born, stage = people["birth_date"], people["school_stage"]
    education = people["education"]
    outside = _true(born > UNDER_6) | _true(born <= UNDER_16)
    met = (
        stage.isin(STUDY).to_numpy(dtype=bool)
        | education.isin(SCHOOLED).to_numpy(dtype=bool)
        | people["absence_reason"].isin(EXCUSED).to_numpy(dtype=bool)
        | (_true(born > UNDER_7) & stage.isin(EARLY).to_numpy(dtype=bool))
    )
    empty = stage.isna().to_numpy() & education.isna().to_numpy()
    unknown = born.isna().to_numpy() | empty
    people["compulsory_education"] = np.select(
        [outside, met, unknown], [3, 2, 1], 0
    ).astype(np.int8)
    resident = people["resident_medical_insurance"]
    employee = people["employee_medical_insurance"]
    gap = resident.isna().to_numpy() | employee.isna().to_numpy()
    people["basic_medical"] = np.select(
        [_true(resident) | _true(employee), gap], [2, 1], 0
    ).astype(np.int8)
    groups = people.groupby("household_id", sort=False)
    return groups.agg(
        n_persons=("basic_medical", "size"),
        compulsory_education=("compulsory_education", "min"),
        basic_medical=("basic_medical", "min"),
    ).reset_index()


def _pandas_counts(verdicts: pd.DataFrame) -> pd.DataFrame:
    exited = _true(verdicts["exit_status"] == "exited")
    remaining = _true(verdicts["exit_status"] == "not_exited")
    size = verdicts["n_persons"].to_numpy()
    columns = {
        "households": np.ones(len(verdicts), dtype=np.int64),
        "persons": size,
        "exited_households": exited.astype(np.int64),
        "exited_persons": size * exited,
        "remaining_households": remaining.astype(np.int64),
        "remaining_persons": size * remaining,
    }
    for name in (*INDICATORS, "overall"):
        codes = verdicts[name].to_numpy()
        for code, word in enumerate(WORDS):
            columns[f"{name}_{word}"] = (codes == code).astype(np.int64)
    frame = pd.DataFrame(columns)
    return frame.groupby(verdicts["village_code"].astype(str)).sum()


def _pandas_villages(villages: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    codes = villages["village_code"].astype(str)
    poor = counted["remaining_persons"].reindex(codes).fillna(0).to_numpy(np.int64)
    base = villages["agricultural_population"].fillna(0).to_numpy(dtype=np.int64)
    below = 100 * poor < INCIDENCE_PERCENT * base
    judged = pd.DataFrame(
        {
            "village_code": codes,
            "incidence": np.select([below, base > 0], [2, 0], 1).astype(np.int8),
            **{name: _pandas_truth(villages[name]) for name in SERVICES},
        }
    )
    judged["overall"] = judged[["incidence", *SERVICES]].min(axis=1)
    return judged


BASELINES: dict[str, Callable[[Path, Path], None]] = {
    "duckdb_sql": duckdb_sql,
    "polars_streaming": polars_streaming,
    "pandas": pandas_frames,
}
