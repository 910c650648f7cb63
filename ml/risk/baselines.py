"""Baselines of the risk model: a logistic regression, and the score at the previous origin.

Belongs here: fitting and applying baselines. Does not: measuring them (evaluation).
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from ml.feature_list import FeatureList
from ml.metrics.arrays import FloatArray
from ml.risk.parameters import TrainingParameters
from ml.risk.preprocessing import fit_encoder
from ml.risk.splits import customer_folds


def logistic_baseline(
    training: pd.DataFrame,
    evaluation: pd.DataFrame,
    features: FeatureList,
    parameters: TrainingParameters,
    seed: int,
) -> FloatArray:
    """Return probabilities of a logistic regression: one-hot, median-imputed, standardised, ridge of weight 1.

    Parameters
    ----------
    training, evaluation : DataFrame
        Canonical rows; medians, means, deviations and coefficients are fitted on the training rows only.

    Returns
    -------
    ndarray of shape (len(evaluation),)

    Notes
    -----
    A column without any value becomes 0; values are clipped at ten deviations, to limit the effect of outliers.
    """
    folds = customer_folds(training, parameters.folds, seed)
    encoder, matrix = fit_encoder(training, features, parameters, folds)
    has_value = ~np.isnan(matrix).all(axis=0)
    medians = np.zeros(matrix.shape[1])
    medians[has_value] = np.nanmedian(matrix[:, has_value], axis=0)
    filled = np.where(np.isnan(matrix), medians, matrix)
    mean, deviation = filled.mean(axis=0), filled.std(axis=0)
    deviation[deviation == 0] = 1.0

    def standardise(values: FloatArray) -> FloatArray:
        imputed = np.where(np.isnan(values), medians, values)
        return np.asarray(np.clip((imputed - mean) / deviation, -10, 10), dtype="float64")

    model = LogisticRegression(C=1.0, max_iter=200, tol=1e-3)
    model.fit(standardise(matrix), training["label"].to_numpy("int64"))
    return np.asarray(model.predict_proba(standardise(encoder.transform(evaluation)))[:, 1], dtype="float64")


def last_score_baseline(evaluation: pd.DataFrame, previous: pd.DataFrame | None, base_rate: float) -> FloatArray:
    """Return each customer's score at the previous origin, by the model that was fitted there.

    Parameters
    ----------
    evaluation : DataFrame
        ``customer_code`` of the rows to score.
    previous : DataFrame or None
        ``customer_code`` and ``probability`` of the previous origin; None if there is none.
    base_rate : float
        Positive ratio of the training rows: the score of customers without a previous score.

    Returns
    -------
    ndarray of shape (len(evaluation),)
    """
    if previous is None:
        return np.full(len(evaluation), base_rate)
    scores = previous.set_index("customer_code")["probability"]
    return evaluation["customer_code"].map(scores).fillna(base_rate).to_numpy("float64")
