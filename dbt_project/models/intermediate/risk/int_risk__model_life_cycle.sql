-- A version's newest stage, first day in production and most honest figures.
with model_version as (

  select * from {{ ref('stg_ml__model_version') }}

),

deployment as (

  select * from {{ ref('stg_ml__model_deployment') }}

),

metrics as (

  select * from {{ ref('stg_ml__model_metrics') }}

),

stage as (

  select
    version,
    stage,
    row_number() over (
      partition by version
      order by {{ range_start('valid_during') }} desc, deployment_id desc
    ) as recency_rank,
    min({{ range_start('valid_during') }}) filter (where stage = 'production') over (
      partition by version
    ) as deployed_at
  from deployment

),

evaluation as (

  select
    metrics.model_version_id,
    metrics.f1_score,
    metrics.precision,
    metrics.recall,
    metrics.auc_roc,
    metrics.brier_score,
    row_number() over (
      partition by metrics.model_version_id
      order by
        case metrics.evaluation_kind
          when 'holdout' then 1
          when 'cross_validation' then 2
          when 'backtest' then 3
          else 4
        end,
        metrics.origin_date desc nulls last,
        metrics.id desc
    ) as evaluation_rank
  from metrics
  where metrics.subject = 'model' and metrics.segment = 'all'

)

select
  model_version.id,
  model_version.version as model_version,
  stage.stage as model_stage,
  model_version.model_type,
  evaluation.f1_score,
  evaluation.precision as precision_score,
  evaluation.recall as recall_score,
  evaluation.auc_roc as roc_auc,
  evaluation.brier_score,
  model_version.training_date as trained_at,
  stage.deployed_at,
  model_version.mlflow_run_id,
  model_version.created_at
from model_version
left join stage
  on
    model_version.version = stage.version
    and stage.recency_rank = 1
left join evaluation
  on
    model_version.id = evaluation.model_version_id
    and evaluation.evaluation_rank = 1
