{{ default_partition_counts([
  ('source.user_monthly_features', 'source.user_monthly_features_default'),
  ('ml.prediction', 'ml.risk_history_default'),
]) }}
