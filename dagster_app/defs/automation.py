"""Jobs, schedules and what they start, in one readable table. Sensors are in `sensors`."""

import dagster as dg

from dagster_app.defs.ingest.assets import SNAPSHOT, raw_tables
from dagster_app.defs.monitoring.delivery import alert_delivery
from dagster_app.defs.monitoring.maintenance import maintenance
from dagster_app.defs.monitoring.models import feature_drift, monitoring_alert, performance, performance_estimate
from dagster_app.defs.scoring.assets import alert, prediction
from dagster_app.defs.scoring.messages import classifications
from dagster_app.defs.scoring.recommendations import recommendations
from dagster_app.defs.training.assets import label, model
from dagster_app.defs.training.messages import message_classifier
from dagster_app.defs.training.promotion import challenger, promotion_gate, promotion_watch
from dagster_app.defs.warehouse.assets import foundation, marts, monthly, monthly_marts, outcomes
from expectations.table_suite import CHECK_NAME

SNAPSHOT_CHECK = dg.AssetSelection.checks(dg.AssetCheckKey(SNAPSHOT.key, CHECK_NAME))
RAW = dg.AssetSelection.assets(raw_tables) | SNAPSHOT_CHECK
BEFORE_MODEL = dg.AssetSelection.assets(foundation, monthly, outcomes)
FOUNDATION = dg.AssetSelection.assets(foundation)
LABEL = dg.AssetSelection.assets(label)
MODEL = dg.AssetSelection.assets(model)
CLASSIFIER = dg.AssetSelection.assets(message_classifier)
MONITORS = dg.AssetSelection.assets(feature_drift, performance, performance_estimate, monitoring_alert)
SCORES = MONITORS | dg.AssetSelection.assets(
    prediction, alert, classifications, recommendations, marts, monthly_marts, alert_delivery
)
SITE = dg.AssetSelection.groups("publishing")

load_files = dg.define_asset_job("load_files", RAW, description="Load one data package into the raw tables.")
build_features = dg.define_asset_job(
    "build_features",
    BEFORE_MODEL,
    description="Features and outcomes of the chosen months, in one run.",
)
build_month = dg.define_asset_job(
    "build_month",
    BEFORE_MODEL | LABEL | SCORES,
    description="One month from raw tables to marts, scored by the active model.",
)
train_and_score = dg.define_asset_job(
    "train_and_score",
    LABEL | MODEL | CLASSIFIER | SCORES,
    description="Publish matured labels, train, promote if not worse, score the chosen months and the messages,"
    " refresh the marts.",
)
score_month = dg.define_asset_job(
    "score_month", SCORES, description="Score the chosen months with the active model and refresh the marts."
)
monitor_models = dg.define_asset_job(
    "monitor_models",
    LABEL | MONITORS | dg.AssetSelection.assets(marts, alert_delivery),
    description="Measure the chosen months again: drift, estimates, and performance on the labels that have come in.",
)
retrain_model = dg.define_asset_job(
    "retrain_model",
    LABEL | dg.AssetSelection.assets(challenger, promotion_gate, promotion_watch),
    description="Train a challenger if a trigger waits, score it in shadow mode, decide where labels have matured, and"
    " watch what was promoted.",
)
publish_pages = dg.define_asset_job(
    "publish_pages", SITE, description="dbt docs, Data Docs, model cards, the models' health and their index page."
)
classify_messages = dg.define_asset_job(
    "classify_messages",
    FOUNDATION | CLASSIFIER | dg.AssetSelection.assets(classifications, marts),
    description="Train on new labels and corrections, classify new messages, refresh what is made of them.",
)
maintain_database = dg.define_asset_job(
    "maintain_database",
    dg.AssetSelection.assets(maintenance),
    description="Vacuum and analyse the database; remove old bundles of versions that never served.",
)
deliver_alerts = dg.define_asset_job(
    "deliver_alerts",
    dg.AssetSelection.assets(alert_delivery),
    description="Send the alerts that are due.",
)

monthly_close = dg.build_schedule_from_partitioned_job(
    build_month,
    name="monthly_close",
    description="A week after a month ends its snapshot is closed: build and score it.",
    day_of_month=8,
    hour_of_day=4,
)


@dg.schedule(job=publish_pages, cron_schedule="30 5 * * *", name="daily_publication")
def daily_publication() -> dg.RunRequest:
    """Refresh the published pages every morning."""
    return dg.RunRequest()


@dg.schedule(job=classify_messages, cron_schedule="0 3 * * *", name="daily_message_classification")
def daily_message_classification() -> dg.RunRequest:
    """Classify what has been written since yesterday."""
    return dg.RunRequest()


@dg.schedule(job=maintain_database, cron_schedule="0 2 * * 0", name="weekly_maintenance")
def weekly_maintenance() -> dg.RunRequest:
    """Maintain the database and the model store on Sunday night."""
    return dg.RunRequest()


@dg.schedule(job=deliver_alerts, cron_schedule="*/15 * * * *", name="alert_delivery_schedule")
def alert_delivery_schedule() -> dg.RunRequest:
    """Send due alerts, and try failed ones again."""
    return dg.RunRequest()


JOBS = [
    load_files,
    build_features,
    build_month,
    train_and_score,
    score_month,
    monitor_models,
    retrain_model,
    classify_messages,
    publish_pages,
    maintain_database,
    deliver_alerts,
]
SCHEDULES = [
    monthly_close,
    daily_message_classification,
    daily_publication,
    weekly_maintenance,
    alert_delivery_schedule,
]
