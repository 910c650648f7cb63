"""The risk model: preprocessing, training, backtest, calibration, bundle, scoring with reasons, card."""
