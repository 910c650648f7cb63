"""The relations of dbt that Python assets read, each named once; a misspelt one is refused when this is imported."""

from dagster_app.lib.dbt.relations import dbt_relation

CUSTOMER = dbt_relation("staging.stg_crm__customer")
MASKED_MESSAGE = dbt_relation("intermediate.int_voc__masked_message")
MESSAGE_LABEL = dbt_relation("staging.stg_deskroom__message_label")
MESSAGE_CATEGORY_TREE = dbt_relation("staging.stg_deskroom__voc_category")
CATEGORY_SUCCESSOR = dbt_relation("intermediate.int_voc__category_successor")
SUBJECT_DICTIONARY = dbt_relation("staging.subject_dictionary")
PROSPECT = dbt_relation("staging.stg_deskroom__potential_user")
INDUSTRY_CODE = dbt_relation("staging.stg_deskroom__industry_code")
PROTECTED_SEGMENT = dbt_relation("staging.protected_segment")
MONITORING_LIMIT = dbt_relation("staging.monitoring_limit")

TARGET = dbt_relation("intermediate.int_outcomes__target")
TARGET_ECONOMICS = dbt_relation("intermediate.int_risk__target_economics")
COHORT = dbt_relation("intermediate.int_outcomes__cohort")
OUTCOME_LABEL = dbt_relation("intermediate.int_outcomes__label")
MATURITY = dbt_relation("intermediate.int_outcomes__maturity")
RECOMMENDATION_CUSTOMER = dbt_relation("intermediate.int_recommendation__customer")
HOLDING = dbt_relation("intermediate.int_recommendation__holding")

CUSTOMER_FEATURES = dbt_relation("analytics.customer_features")
FEATURE_DICTIONARY = dbt_relation("analytics.feature_dictionary")

TRAINING_INPUTS = [CUSTOMER_FEATURES, FEATURE_DICTIONARY, TARGET_ECONOMICS, TARGET]
"""What a risk model is trained from, next to its labels."""
SCORING_INPUTS = [CUSTOMER_FEATURES, TARGET, COHORT, CUSTOMER]
"""What a risk model scores."""
DOCUMENTED_MARTS = [
    dbt_relation("analytics.risk_trends"),
    dbt_relation("analytics.user_churn_prediction"),
    dbt_relation("analytics.retention_list"),
]
"""Marts that are built last: once they are there, documentation and check results can be published."""
HEALTH_MARTS = [
    FEATURE_DICTIONARY,
    dbt_relation("analytics.model_version"),
    dbt_relation("analytics.model_metadata"),
    dbt_relation("monitoring.label_coverage_monthly"),
    dbt_relation("monitoring.model_performance_monthly"),
    dbt_relation("monitoring.feature_drift"),
    dbt_relation("monitoring.retraining_metrics"),
    dbt_relation("monitoring.decision_log"),
    dbt_relation("monitoring.monitoring_alerts"),
    dbt_relation("monitoring.model_health"),
]
"""What the health pages show."""
