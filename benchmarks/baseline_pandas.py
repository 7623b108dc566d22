"""The standard of household exit written by hand in pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
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
