"""Models as scikit-learn estimators: in pipelines, cross-validation and grid searches."""

from miniml.sklearn.estimators import Classifier, Regressor

__all__ = ["Classifier", "Regressor"]
