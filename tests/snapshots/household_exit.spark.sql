-- person__judged
SELECT
  `household_id`,
  CAST(CASE
    WHEN NOT (
      (
        `birth_date` <= CAST('2013-11-22' AS DATE)
      )
      AND (
        `birth_date` > CAST('2003-11-22' AS DATE)
      )
    )
    THEN 3
    WHEN (
      `birth_date` <= CAST('2013-11-22' AS DATE)
    )
    AND (
      `birth_date` > CAST('2003-11-22' AS DATE)
    )
    THEN COALESCE(
      CAST((
        (
          (
            NOT (
              `school_stage` IS NULL
            )
          )
          AND (
            NOT (
              `school_stage` IN ('not_in_school', 'before_school', 'preschool')
            )
          )
        )
        OR (
          (
            NOT (
              `education` IS NULL
            )
          )
          AND (
            NOT (
              `education` IN ('illiterate', 'primary', 'preschool_child')
            )
          )
        )
        OR (
          (
            NOT (
              `absence_reason` IS NULL
            )
          )
          AND (
            `absence_reason` IN ('illness', 'disability')
          )
        )
        OR (
          (
            `birth_date` > CAST('2012-11-22' AS DATE)
            AND `birth_date` <= CAST('2013-11-22' AS DATE)
          )
          AND (
            NOT (
              `school_stage` IS NULL
            )
          )
          AND (
            `school_stage` IN ('preschool', 'before_school')
          )
        )
        OR (
          (
            NOT (
              NOT (
                `school_stage` IS NULL
              )
            )
          )
          AND (
            NOT (
              NOT (
                `education` IS NULL
              )
            )
          )
          AND (
            NOT (
              `school_stage` IN ('not_in_school', 'before_school', 'preschool')
            )
          )
        )
      ) AS TINYINT) * 2,
      1
    )
    WHEN (
      (
        NOT (
          `school_stage` IS NULL
        )
      )
      AND (
        NOT (
          `school_stage` IN ('not_in_school', 'before_school', 'preschool')
        )
      )
    )
    OR (
      (
        NOT (
          `education` IS NULL
        )
      )
      AND (
        NOT (
          `education` IN ('illiterate', 'primary', 'preschool_child')
        )
      )
    )
    OR (
      (
        NOT (
          `absence_reason` IS NULL
        )
      )
      AND (
        `absence_reason` IN ('illness', 'disability')
      )
    )
    OR (
      (
        `birth_date` > CAST('2012-11-22' AS DATE)
        AND `birth_date` <= CAST('2013-11-22' AS DATE)
      )
      AND (
        NOT (
          `school_stage` IS NULL
        )
      )
      AND (
        `school_stage` IN ('preschool', 'before_school')
      )
    )
    OR (
      (
        NOT (
          NOT (
            `school_stage` IS NULL
          )
        )
      )
      AND (
        NOT (
          NOT (
            `education` IS NULL
          )
        )
      )
      AND (
        NOT (
          `school_stage` IN ('not_in_school', 'before_school', 'preschool')
        )
      )
    )
    THEN 2
    ELSE 1
  END AS TINYINT) AS v_compulsory_education,
  CAST(COALESCE(
    CAST((
      `resident_medical_insurance` OR `employee_medical_insurance`
    ) AS TINYINT) * 2,
    1
  ) AS TINYINT) AS v_basic_medical
FROM person;

-- household__counts
SELECT
  `household_id` AS household__key,
  MIN(`v_compulsory_education`) AS v_compulsory_education,
  MIN(`v_basic_medical`) AS v_basic_medical,
  CAST(COUNT(*) AS BIGINT) AS n_rows
FROM person__judged
GROUP BY
  `household_id`;

-- household__facts
SELECT
  household.`household_id`,
  household.`village_code`,
  household.`enough_food`,
  household.`seasonal_clothing`,
  household.`housing_grade`,
  household.`water_quantity`,
  household.`water_quality`,
  household.`water_round_trip`,
  household.`water_supply_rate`,
  household.`wage_income`,
  household.`business_income`,
  household.`property_income`,
  household.`transfer_income`,
  household.`business_expense`,
  household.`exit_status`,
  COALESCE(`n_rows`, 0) AS n_rows,
  COALESCE(`v_compulsory_education`, CAST(1 AS TINYINT)) AS v_compulsory_education,
  COALESCE(`v_basic_medical`, CAST(1 AS TINYINT)) AS v_basic_medical
FROM household
LEFT JOIN household__counts
  ON household.`household_id` = `household__key`;

-- household__verdicts
SELECT
  *,
  CAST(COALESCE(
    CAST((
      (
        (
          (
            (
              `wage_income` + `business_income`
            ) + `property_income`
          ) + `transfer_income`
        ) - `business_expense`
      ) > (
        (
          3218 * 100
        ) * NULLIF(`n_rows`, 0)
      )
    ) AS TINYINT) * 2,
    1
  ) AS TINYINT) AS v_income,
  CAST(COALESCE(CAST(`enough_food` AS TINYINT) * 2, 1) AS TINYINT) AS v_food,
  CAST(COALESCE(CAST(`seasonal_clothing` AS TINYINT) * 2, 1) AS TINYINT) AS v_clothing,
  CAST(COALESCE(CAST((
    `housing_grade` IN ('A', 'B')
  ) AS TINYINT) * 2, 1) AS TINYINT) AS v_safe_housing,
  CAST(COALESCE(
    CAST((
      (
        (
          `water_quantity` >= (
            35 * 100
          )
        )
        OR (
          `water_quantity` >= (
            20 * 100
          )
        )
      )
      AND (
        NOT (
          `water_quality` IN ('not_attained')
        )
      )
      AND (
        `water_round_trip` <= (
          20 * 10
        )
      )
      AND (
        `water_supply_rate` >= (
          90 * 100
        )
      )
    ) AS TINYINT) * 2,
    1
  ) AS TINYINT) AS v_safe_water,
  CAST(`n_rows` AS BIGINT) AS r_n_persons,
  CAST((
    (
      (
        ABS(
          (
            (
              (
                `wage_income` + `business_income`
              ) + `property_income`
            ) + `transfer_income`
          ) - `business_expense`
        ) * 2
      ) + NULLIF(`n_rows`, 0)
    ) DIV (
      NULLIF(`n_rows`, 0) * 2
    )
  ) * CASE
    WHEN (
      (
        (
          (
            `wage_income` + `business_income`
          ) + `property_income`
        ) + `transfer_income`
      ) - `business_expense`
    ) < 0
    THEN -1
    ELSE 1
  END AS BIGINT) AS r_net_income_per_capita
FROM household__facts;

-- household__judged (kept)
SELECT
  `household_id`,
  `village_code`,
  `exit_status`,
  `n_rows`,
  `v_compulsory_education`,
  `v_basic_medical`,
  `v_income`,
  `v_food`,
  `v_clothing`,
  `v_safe_housing`,
  `v_safe_water`,
  `r_n_persons`,
  `r_net_income_per_capita`,
  LEAST(
    `v_compulsory_education`,
    `v_basic_medical`,
    `v_income`,
    `v_food`,
    `v_clothing`,
    `v_safe_housing`,
    `v_safe_water`
  ) AS v_overall
FROM household__verdicts;

-- regions (kept)
WITH regions__villages AS (
  SELECT
    *,
    CAST(NULL AS BIGINT) AS agricultural_population
  FROM (
    SELECT
      `village_code` AS code,
      CAST(COUNT(*) AS BIGINT) AS households,
      CAST(SUM(`n_rows`) AS BIGINT) AS persons,
      CAST(SUM(CASE WHEN `exit_status` = 'exited' THEN 1 ELSE 0 END) AS BIGINT) AS exited_households,
      CAST(SUM(CASE WHEN `exit_status` = 'exited' THEN `n_rows` ELSE 0 END) AS BIGINT) AS exited_persons,
      CAST(SUM(CASE WHEN `exit_status` = 'not_exited' THEN 1 ELSE 0 END) AS BIGINT) AS remaining_households,
      CAST(SUM(CASE WHEN `exit_status` = 'not_exited' THEN `n_rows` ELSE 0 END) AS BIGINT) AS remaining_persons,
      CAST(SUM(CAST(`v_income` = 0 AS INT)) AS BIGINT) AS income_unmet,
      CAST(SUM(CAST(`v_income` = 1 AS INT)) AS BIGINT) AS income_unknown,
      CAST(SUM(CAST(`v_income` = 2 AS INT)) AS BIGINT) AS income_met,
      CAST(SUM(CAST(`v_income` = 3 AS INT)) AS BIGINT) AS income_not_applicable,
      CAST(SUM(CAST(`v_food` = 0 AS INT)) AS BIGINT) AS food_unmet,
      CAST(SUM(CAST(`v_food` = 1 AS INT)) AS BIGINT) AS food_unknown,
      CAST(SUM(CAST(`v_food` = 2 AS INT)) AS BIGINT) AS food_met,
      CAST(SUM(CAST(`v_food` = 3 AS INT)) AS BIGINT) AS food_not_applicable,
      CAST(SUM(CAST(`v_clothing` = 0 AS INT)) AS BIGINT) AS clothing_unmet,
      CAST(SUM(CAST(`v_clothing` = 1 AS INT)) AS BIGINT) AS clothing_unknown,
      CAST(SUM(CAST(`v_clothing` = 2 AS INT)) AS BIGINT) AS clothing_met,
      CAST(SUM(CAST(`v_clothing` = 3 AS INT)) AS BIGINT) AS clothing_not_applicable,
      CAST(SUM(CAST(`v_compulsory_education` = 0 AS INT)) AS BIGINT) AS compulsory_education_unmet,
      CAST(SUM(CAST(`v_compulsory_education` = 1 AS INT)) AS BIGINT) AS compulsory_education_unknown,
      CAST(SUM(CAST(`v_compulsory_education` = 2 AS INT)) AS BIGINT) AS compulsory_education_met,
      CAST(SUM(CAST(`v_compulsory_education` = 3 AS INT)) AS BIGINT) AS compulsory_education_not_applicable,
      CAST(SUM(CAST(`v_basic_medical` = 0 AS INT)) AS BIGINT) AS basic_medical_unmet,
      CAST(SUM(CAST(`v_basic_medical` = 1 AS INT)) AS BIGINT) AS basic_medical_unknown,
      CAST(SUM(CAST(`v_basic_medical` = 2 AS INT)) AS BIGINT) AS basic_medical_met,
      CAST(SUM(CAST(`v_basic_medical` = 3 AS INT)) AS BIGINT) AS basic_medical_not_applicable,
      CAST(SUM(CAST(`v_safe_housing` = 0 AS INT)) AS BIGINT) AS safe_housing_unmet,
      CAST(SUM(CAST(`v_safe_housing` = 1 AS INT)) AS BIGINT) AS safe_housing_unknown,
      CAST(SUM(CAST(`v_safe_housing` = 2 AS INT)) AS BIGINT) AS safe_housing_met,
      CAST(SUM(CAST(`v_safe_housing` = 3 AS INT)) AS BIGINT) AS safe_housing_not_applicable,
      CAST(SUM(CAST(`v_safe_water` = 0 AS INT)) AS BIGINT) AS safe_water_unmet,
      CAST(SUM(CAST(`v_safe_water` = 1 AS INT)) AS BIGINT) AS safe_water_unknown,
      CAST(SUM(CAST(`v_safe_water` = 2 AS INT)) AS BIGINT) AS safe_water_met,
      CAST(SUM(CAST(`v_safe_water` = 3 AS INT)) AS BIGINT) AS safe_water_not_applicable,
      CAST(SUM(CAST(`v_overall` = 0 AS INT)) AS BIGINT) AS overall_unmet,
      CAST(SUM(CAST(`v_overall` = 1 AS INT)) AS BIGINT) AS overall_unknown,
      CAST(SUM(CAST(`v_overall` = 2 AS INT)) AS BIGINT) AS overall_met,
      CAST(SUM(CAST(`v_overall` = 3 AS INT)) AS BIGINT) AS overall_not_applicable
    FROM household__judged
    GROUP BY
      `village_code`
  ) AS sums
), regions__sums AS (
  SELECT
    SUBSTRING(`code`, 1, 6) AS region,
    CAST(SUM(`households`) AS BIGINT) AS households,
    CAST(SUM(`persons`) AS BIGINT) AS persons,
    CAST(SUM(`exited_households`) AS BIGINT) AS exited_households,
    CAST(SUM(`exited_persons`) AS BIGINT) AS exited_persons,
    CAST(SUM(`remaining_households`) AS BIGINT) AS remaining_households,
    CAST(SUM(`remaining_persons`) AS BIGINT) AS remaining_persons,
    CAST(SUM(`income_unmet`) AS BIGINT) AS income_unmet,
    CAST(SUM(`income_unknown`) AS BIGINT) AS income_unknown,
    CAST(SUM(`income_met`) AS BIGINT) AS income_met,
    CAST(SUM(`income_not_applicable`) AS BIGINT) AS income_not_applicable,
    CAST(SUM(`food_unmet`) AS BIGINT) AS food_unmet,
    CAST(SUM(`food_unknown`) AS BIGINT) AS food_unknown,
    CAST(SUM(`food_met`) AS BIGINT) AS food_met,
    CAST(SUM(`food_not_applicable`) AS BIGINT) AS food_not_applicable,
    CAST(SUM(`clothing_unmet`) AS BIGINT) AS clothing_unmet,
    CAST(SUM(`clothing_unknown`) AS BIGINT) AS clothing_unknown,
    CAST(SUM(`clothing_met`) AS BIGINT) AS clothing_met,
    CAST(SUM(`clothing_not_applicable`) AS BIGINT) AS clothing_not_applicable,
    CAST(SUM(`compulsory_education_unmet`) AS BIGINT) AS compulsory_education_unmet,
    CAST(SUM(`compulsory_education_unknown`) AS BIGINT) AS compulsory_education_unknown,
    CAST(SUM(`compulsory_education_met`) AS BIGINT) AS compulsory_education_met,
    CAST(SUM(`compulsory_education_not_applicable`) AS BIGINT) AS compulsory_education_not_applicable,
    CAST(SUM(`basic_medical_unmet`) AS BIGINT) AS basic_medical_unmet,
    CAST(SUM(`basic_medical_unknown`) AS BIGINT) AS basic_medical_unknown,
    CAST(SUM(`basic_medical_met`) AS BIGINT) AS basic_medical_met,
    CAST(SUM(`basic_medical_not_applicable`) AS BIGINT) AS basic_medical_not_applicable,
    CAST(SUM(`safe_housing_unmet`) AS BIGINT) AS safe_housing_unmet,
    CAST(SUM(`safe_housing_unknown`) AS BIGINT) AS safe_housing_unknown,
    CAST(SUM(`safe_housing_met`) AS BIGINT) AS safe_housing_met,
    CAST(SUM(`safe_housing_not_applicable`) AS BIGINT) AS safe_housing_not_applicable,
    CAST(SUM(`safe_water_unmet`) AS BIGINT) AS safe_water_unmet,
    CAST(SUM(`safe_water_unknown`) AS BIGINT) AS safe_water_unknown,
    CAST(SUM(`safe_water_met`) AS BIGINT) AS safe_water_met,
    CAST(SUM(`safe_water_not_applicable`) AS BIGINT) AS safe_water_not_applicable,
    CAST(SUM(`overall_unmet`) AS BIGINT) AS overall_unmet,
    CAST(SUM(`overall_unknown`) AS BIGINT) AS overall_unknown,
    CAST(SUM(`overall_met`) AS BIGINT) AS overall_met,
    CAST(SUM(`overall_not_applicable`) AS BIGINT) AS overall_not_applicable,
    CASE
      WHEN MAX(CASE WHEN `agricultural_population` IS NULL THEN 1 ELSE 0 END) = 0
      THEN CAST(SUM(`agricultural_population`) AS BIGINT)
    END AS agricultural_population
  FROM regions__villages
  WHERE
    LENGTH(`code`) = 12
  GROUP BY
    SUBSTRING(`code`, 1, 6)
  UNION ALL
  SELECT
    SUBSTRING(`code`, 1, 9) AS region,
    CAST(SUM(`households`) AS BIGINT) AS households,
    CAST(SUM(`persons`) AS BIGINT) AS persons,
    CAST(SUM(`exited_households`) AS BIGINT) AS exited_households,
    CAST(SUM(`exited_persons`) AS BIGINT) AS exited_persons,
    CAST(SUM(`remaining_households`) AS BIGINT) AS remaining_households,
    CAST(SUM(`remaining_persons`) AS BIGINT) AS remaining_persons,
    CAST(SUM(`income_unmet`) AS BIGINT) AS income_unmet,
    CAST(SUM(`income_unknown`) AS BIGINT) AS income_unknown,
    CAST(SUM(`income_met`) AS BIGINT) AS income_met,
    CAST(SUM(`income_not_applicable`) AS BIGINT) AS income_not_applicable,
    CAST(SUM(`food_unmet`) AS BIGINT) AS food_unmet,
    CAST(SUM(`food_unknown`) AS BIGINT) AS food_unknown,
    CAST(SUM(`food_met`) AS BIGINT) AS food_met,
    CAST(SUM(`food_not_applicable`) AS BIGINT) AS food_not_applicable,
    CAST(SUM(`clothing_unmet`) AS BIGINT) AS clothing_unmet,
    CAST(SUM(`clothing_unknown`) AS BIGINT) AS clothing_unknown,
    CAST(SUM(`clothing_met`) AS BIGINT) AS clothing_met,
    CAST(SUM(`clothing_not_applicable`) AS BIGINT) AS clothing_not_applicable,
    CAST(SUM(`compulsory_education_unmet`) AS BIGINT) AS compulsory_education_unmet,
    CAST(SUM(`compulsory_education_unknown`) AS BIGINT) AS compulsory_education_unknown,
    CAST(SUM(`compulsory_education_met`) AS BIGINT) AS compulsory_education_met,
    CAST(SUM(`compulsory_education_not_applicable`) AS BIGINT) AS compulsory_education_not_applicable,
    CAST(SUM(`basic_medical_unmet`) AS BIGINT) AS basic_medical_unmet,
    CAST(SUM(`basic_medical_unknown`) AS BIGINT) AS basic_medical_unknown,
    CAST(SUM(`basic_medical_met`) AS BIGINT) AS basic_medical_met,
    CAST(SUM(`basic_medical_not_applicable`) AS BIGINT) AS basic_medical_not_applicable,
    CAST(SUM(`safe_housing_unmet`) AS BIGINT) AS safe_housing_unmet,
    CAST(SUM(`safe_housing_unknown`) AS BIGINT) AS safe_housing_unknown,
    CAST(SUM(`safe_housing_met`) AS BIGINT) AS safe_housing_met,
    CAST(SUM(`safe_housing_not_applicable`) AS BIGINT) AS safe_housing_not_applicable,
    CAST(SUM(`safe_water_unmet`) AS BIGINT) AS safe_water_unmet,
    CAST(SUM(`safe_water_unknown`) AS BIGINT) AS safe_water_unknown,
    CAST(SUM(`safe_water_met`) AS BIGINT) AS safe_water_met,
    CAST(SUM(`safe_water_not_applicable`) AS BIGINT) AS safe_water_not_applicable,
    CAST(SUM(`overall_unmet`) AS BIGINT) AS overall_unmet,
    CAST(SUM(`overall_unknown`) AS BIGINT) AS overall_unknown,
    CAST(SUM(`overall_met`) AS BIGINT) AS overall_met,
    CAST(SUM(`overall_not_applicable`) AS BIGINT) AS overall_not_applicable,
    CASE
      WHEN MAX(CASE WHEN `agricultural_population` IS NULL THEN 1 ELSE 0 END) = 0
      THEN CAST(SUM(`agricultural_population`) AS BIGINT)
    END AS agricultural_population
  FROM regions__villages
  WHERE
    LENGTH(`code`) = 12
  GROUP BY
    SUBSTRING(`code`, 1, 9)
  UNION ALL
  SELECT
    SUBSTRING(`code`, 1, 12) AS region,
    CAST(SUM(`households`) AS BIGINT) AS households,
    CAST(SUM(`persons`) AS BIGINT) AS persons,
    CAST(SUM(`exited_households`) AS BIGINT) AS exited_households,
    CAST(SUM(`exited_persons`) AS BIGINT) AS exited_persons,
    CAST(SUM(`remaining_households`) AS BIGINT) AS remaining_households,
    CAST(SUM(`remaining_persons`) AS BIGINT) AS remaining_persons,
    CAST(SUM(`income_unmet`) AS BIGINT) AS income_unmet,
    CAST(SUM(`income_unknown`) AS BIGINT) AS income_unknown,
    CAST(SUM(`income_met`) AS BIGINT) AS income_met,
    CAST(SUM(`income_not_applicable`) AS BIGINT) AS income_not_applicable,
    CAST(SUM(`food_unmet`) AS BIGINT) AS food_unmet,
    CAST(SUM(`food_unknown`) AS BIGINT) AS food_unknown,
    CAST(SUM(`food_met`) AS BIGINT) AS food_met,
    CAST(SUM(`food_not_applicable`) AS BIGINT) AS food_not_applicable,
    CAST(SUM(`clothing_unmet`) AS BIGINT) AS clothing_unmet,
    CAST(SUM(`clothing_unknown`) AS BIGINT) AS clothing_unknown,
    CAST(SUM(`clothing_met`) AS BIGINT) AS clothing_met,
    CAST(SUM(`clothing_not_applicable`) AS BIGINT) AS clothing_not_applicable,
    CAST(SUM(`compulsory_education_unmet`) AS BIGINT) AS compulsory_education_unmet,
    CAST(SUM(`compulsory_education_unknown`) AS BIGINT) AS compulsory_education_unknown,
    CAST(SUM(`compulsory_education_met`) AS BIGINT) AS compulsory_education_met,
    CAST(SUM(`compulsory_education_not_applicable`) AS BIGINT) AS compulsory_education_not_applicable,
    CAST(SUM(`basic_medical_unmet`) AS BIGINT) AS basic_medical_unmet,
    CAST(SUM(`basic_medical_unknown`) AS BIGINT) AS basic_medical_unknown,
    CAST(SUM(`basic_medical_met`) AS BIGINT) AS basic_medical_met,
    CAST(SUM(`basic_medical_not_applicable`) AS BIGINT) AS basic_medical_not_applicable,
    CAST(SUM(`safe_housing_unmet`) AS BIGINT) AS safe_housing_unmet,
    CAST(SUM(`safe_housing_unknown`) AS BIGINT) AS safe_housing_unknown,
    CAST(SUM(`safe_housing_met`) AS BIGINT) AS safe_housing_met,
    CAST(SUM(`safe_housing_not_applicable`) AS BIGINT) AS safe_housing_not_applicable,
    CAST(SUM(`safe_water_unmet`) AS BIGINT) AS safe_water_unmet,
    CAST(SUM(`safe_water_unknown`) AS BIGINT) AS safe_water_unknown,
    CAST(SUM(`safe_water_met`) AS BIGINT) AS safe_water_met,
    CAST(SUM(`safe_water_not_applicable`) AS BIGINT) AS safe_water_not_applicable,
    CAST(SUM(`overall_unmet`) AS BIGINT) AS overall_unmet,
    CAST(SUM(`overall_unknown`) AS BIGINT) AS overall_unknown,
    CAST(SUM(`overall_met`) AS BIGINT) AS overall_met,
    CAST(SUM(`overall_not_applicable`) AS BIGINT) AS overall_not_applicable,
    CASE
      WHEN MAX(CASE WHEN `agricultural_population` IS NULL THEN 1 ELSE 0 END) = 0
      THEN CAST(SUM(`agricultural_population`) AS BIGINT)
    END AS agricultural_population
  FROM regions__villages
  WHERE
    LENGTH(`code`) = 12
  GROUP BY
    SUBSTRING(`code`, 1, 12)
)
SELECT
  `region`,
  `households`,
  `persons`,
  `exited_households`,
  `exited_persons`,
  `remaining_households`,
  `remaining_persons`,
  `agricultural_population`,
  (
    (
      (
        ABS(`remaining_persons` * 100000000) * 2
      ) + NULLIF(`agricultural_population`, 0)
    ) DIV (
      NULLIF(`agricultural_population`, 0) * 2
    )
  ) * CASE WHEN (
    `remaining_persons` * 100000000
  ) < 0 THEN -1 ELSE 1 END AS poverty_incidence,
  `income_unmet`,
  `income_unknown`,
  `income_met`,
  `income_not_applicable`,
  `food_unmet`,
  `food_unknown`,
  `food_met`,
  `food_not_applicable`,
  `clothing_unmet`,
  `clothing_unknown`,
  `clothing_met`,
  `clothing_not_applicable`,
  `compulsory_education_unmet`,
  `compulsory_education_unknown`,
  `compulsory_education_met`,
  `compulsory_education_not_applicable`,
  `basic_medical_unmet`,
  `basic_medical_unknown`,
  `basic_medical_met`,
  `basic_medical_not_applicable`,
  `safe_housing_unmet`,
  `safe_housing_unknown`,
  `safe_housing_met`,
  `safe_housing_not_applicable`,
  `safe_water_unmet`,
  `safe_water_unknown`,
  `safe_water_met`,
  `safe_water_not_applicable`,
  `overall_unmet`,
  `overall_unknown`,
  `overall_met`,
  `overall_not_applicable`
FROM regions__sums;
