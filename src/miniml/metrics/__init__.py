"""Metrics of predicted labels, scores and probabilities, and their standard errors."""

from miniml.metrics.estimates import Estimate, bootstrap, mean_estimate, share_interval
from miniml.metrics.labels import accuracy, confusion, f1, precision, recall
from miniml.metrics.probabilities import Calibration, calibration, log_loss
from miniml.metrics.scores import roc_auc, roc_auc_estimate

__all__ = [
    "Calibration",
    "Estimate",
    "accuracy",
    "bootstrap",
    "calibration",
    "confusion",
    "f1",
    "log_loss",
    "mean_estimate",
    "precision",
    "recall",
    "roc_auc",
    "roc_auc_estimate",
    "share_interval",
]
