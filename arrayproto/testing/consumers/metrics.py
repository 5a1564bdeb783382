"""scikit-learn: the metrics of its user guide."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, matrix, program


def _labels(make: Make) -> tuple[Any, Any]:
    """What is true, and what was predicted: of three classes."""
    return make(np.array([0, 1, 2, 2, 1, 0])), make(np.array([0, 2, 2, 2, 1, 1]))


def _scores(make: Make) -> tuple[Any, Any]:
    """What is true, of two classes, and how sure the prediction was."""
    return make(np.array([0, 1, 0, 1, 1, 0])), make(np.array([0.2, 0.7, 0.6, 0.8, 0.55, 0.1]))


def _probabilities(make: Make) -> Any:
    """Of each of three classes."""
    values = np.random.default_rng(2).random((6, 3)) + 0.1
    return make(values / values.sum(axis=1, keepdims=True))


def _numbers(make: Make) -> tuple[Any, Any]:
    return make(matrix()[:, 0] + 0.1), make(matrix()[:, 1] + 0.1)


@program("sklearn", reads=True, numbers=True)
def sklearn_regression_errors(make: Make) -> Any:
    metrics = imported("sklearn.metrics")
    x, y = make(matrix()[:, 0]), make(matrix()[:, 1])
    return metrics.mean_squared_error(x, y), metrics.mean_absolute_error(x, y)


@program("sklearn", reads=True)
def sklearn_pairwise_distances(make: Make) -> Any:
    return imported("sklearn.metrics.pairwise").euclidean_distances(make(matrix()))


@program("sklearn", reads=True)
def sklearn_r2_score(make: Make) -> Any:
    metrics, weights = imported("sklearn.metrics"), make(np.arange(1.0, 7.0))
    x, y = make(matrix()), make(matrix() + matrix() ** 2 / 10)
    return (
        metrics.r2_score(x, y),
        metrics.r2_score(x, y, sample_weight=weights, multioutput="raw_values"),
        metrics.r2_score(x, y, multioutput="variance_weighted"),
        metrics.explained_variance_score(x, y),
    )


@program("sklearn", reads=True, numbers=True)
def sklearn_errors_of_kinds(make: Make) -> Any:
    metrics, (x, y) = imported("sklearn.metrics"), _numbers(make)
    names = (
        "max_error",
        "mean_absolute_percentage_error",
        "mean_gamma_deviance",
        "mean_pinball_loss",
        "mean_poisson_deviance",
        "mean_squared_log_error",
        "median_absolute_error",
        "root_mean_squared_error",
        "d2_tweedie_score",
    )
    return [getattr(metrics, name)(x, y) for name in names]


@program("sklearn", reads=True, numbers=True)
def sklearn_d2_scores(make: Make) -> Any:
    metrics, (x, y) = imported("sklearn.metrics"), _numbers(make)
    return metrics.d2_absolute_error_score(x, y), metrics.d2_pinball_score(x, y, alpha=0.3)


@program("sklearn", reads=True, numbers=True)
def sklearn_accuracy_score(make: Make) -> Any:
    metrics, (true, predicted) = imported("sklearn.metrics"), _labels(make)
    return (
        metrics.accuracy_score(true, predicted),
        metrics.accuracy_score(true, predicted, normalize=False),
        metrics.accuracy_score(true, predicted, sample_weight=make(np.arange(1.0, 7.0))),
        metrics.accuracy_score(np.array([0, 1, 2, 2, 1, 0]), predicted),
        metrics.zero_one_loss(true, predicted),
        metrics.hamming_loss(true, predicted),
    )


@program("sklearn", reads=True)
def sklearn_confusion_matrix(make: Make) -> Any:
    metrics, (true, predicted) = imported("sklearn.metrics"), _labels(make)
    return (
        metrics.confusion_matrix(true, predicted),
        metrics.balanced_accuracy_score(true, predicted),
        metrics.cohen_kappa_score(true, predicted),
        metrics.matthews_corrcoef(true, predicted),
    )


@program("sklearn", reads=True)
def sklearn_precision_and_recall(make: Make) -> Any:
    metrics, (true, predicted) = imported("sklearn.metrics"), _labels(make)
    return (
        list(metrics.precision_recall_fscore_support(true, predicted)),
        metrics.f1_score(true, predicted, average="macro"),
        metrics.jaccard_score(true, predicted, average="macro"),
    )


@program("sklearn", reads=True, numbers=True)
def sklearn_classification_report(make: Make) -> Any:
    report = imported("sklearn.metrics").classification_report(*_labels(make), output_dict=True)
    return list(report["macro avg"].values())


@program("sklearn", reads=True, numbers=True)
def sklearn_losses_of_probabilities(make: Make) -> Any:
    metrics = imported("sklearn.metrics")
    return (
        metrics.log_loss(_labels(make)[0], _probabilities(make)),
        metrics.log_loss(*_scores(make)),
        metrics.brier_score_loss(*_scores(make)),
        metrics.top_k_accuracy_score(_labels(make)[0], _probabilities(make)),
    )


@program("sklearn", reads=True)
def sklearn_curves(make: Make) -> Any:
    metrics, (true, scores) = imported("sklearn.metrics"), _scores(make)
    return (
        metrics.roc_auc_score(true, scores),
        list(metrics.roc_curve(true, scores)),
        metrics.average_precision_score(true, scores),
        list(metrics.precision_recall_curve(true, scores)),
    )


@program("sklearn", reads=True, numbers=True)
def sklearn_discounted_gain(make: Make) -> Any:
    return imported("sklearn.metrics").dcg_score(make(matrix()), make(matrix()[::-1].copy()))


@program("sklearn", reads=True, numbers=True)
def sklearn_normalized_gain(make: Make) -> Any:
    return imported("sklearn.metrics").ndcg_score(make(matrix()), make(matrix()[::-1].copy()))


@program("sklearn", reads=True)
def sklearn_cosine_similarity(make: Make) -> Any:
    pairwise, x = imported("sklearn.metrics.pairwise"), make(matrix())
    return pairwise.cosine_similarity(x), pairwise.cosine_similarity(x, make(matrix(3) + 1))


@program("sklearn", reads=True)
def sklearn_other_distances(make: Make) -> Any:
    pairwise, x, y = imported("sklearn.metrics.pairwise"), make(matrix()), make(matrix(3) + 1)
    return (
        pairwise.euclidean_distances(x, y),
        pairwise.manhattan_distances(x, y),
        pairwise.cosine_distances(x, y),
        pairwise.nan_euclidean_distances(x),
        pairwise.paired_distances(x, x + 1),
    )


@program("sklearn", reads=True)
def sklearn_kernels(make: Make) -> Any:
    pairwise, x = imported("sklearn.metrics.pairwise"), make(matrix())
    names = ("linear", "polynomial", "rbf", "laplacian", "sigmoid", "chi2")
    return [getattr(pairwise, f"{name}_kernel")(x) for name in names]
