"""The standard of household exit written by hand in DuckDB SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
from hand_written import (
    EARLY,
    EXCUSED,
    INCIDENCE_PERCENT,
    INDICATORS,
    LINE_FEN,
    LITRES,
    MINUTES,
    REGION_COUNTS,
    SCHOOLED,
    SERVICES,
    STUDY,
    SUPPLY,
    UNDER_6,
    UNDER_7,
    UNDER_16,
    WORDS,
)


def duckdb_sql(data: Path, out: Path) -> None:
    """DuckDB: one statement per step, each reading what the one before it made."""
    con = duckdb.connect(config={"preserve_insertion_order": False})
    for statement in (
        _verdicts(data),
        _verdicts_kept(out),
        _counted(),
        _villages(data),
        _villages_kept(out),
        _regions_kept(out),
    ):
        con.execute(statement)
    con.close()


def _verdicts(data: Path) -> str:
    return f"""
        CREATE TEMP TABLE verdict AS
        WITH people AS ({_people(data)}), home AS (
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


def _people(data: Path) -> str:
    return f"""
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
        """


def _verdicts_kept(out: Path) -> str:
    return f"""
        COPY (SELECT * EXCLUDE (village_code, exit_status) FROM verdict)
        TO '{out}/verdicts.parquet' (FORMAT parquet, COMPRESSION zstd)
        """


def _counted() -> str:
    counts = ", ".join(
        f"count(*) FILTER (WHERE {name} = {code}) AS {name}_{word}"
        for name in (*INDICATORS, "overall")
        for code, word in enumerate(WORDS)
    )
    return f"""
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


def _villages(data: Path) -> str:
    services = ", ".join(
        f"CASE WHEN {s} THEN 2 WHEN NOT {s} THEN 0 ELSE 1 END::TINYINT AS {s}"
        for s in SERVICES
    )
    return f"""
        CREATE TEMP TABLE village AS
        SELECT v.village_code, agricultural_population, {services},
            coalesce(remaining_persons, 0) AS poor
        FROM read_parquet('{data}/village.parquet') v
        LEFT JOIN counted USING (village_code)
        """


def _villages_kept(out: Path) -> str:
    return f"""
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


def _regions_kept(out: Path) -> str:
    counted = [f"{n}_{w}" for n in (*INDICATORS, "overall") for w in WORDS]
    sums = ", ".join(
        f"sum({name})::BIGINT AS {name}"
        for name in (*REGION_COUNTS, "agricultural_population", *counted)
    )
    return f"""
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
