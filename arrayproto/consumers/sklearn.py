"""scikit-learn: its metrics, on the arrays of every library.

scikit-learn has code for the Array API beside code for NumPy, which counts on memory, views and
writes, and asks `get_namespace` which to take. Its metrics are given ducks, whose dtypes and writes
are NumPy's, and for these the namespace of adopted packages, which takes the code for the standard.
"""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ducks import Duck
from ..view import asduck
from .consumer import Consumer, Row
from .flavour import Namespace, namespace
from .kept import duck_in, is_duck, library_for, made_like, native

Call = Callable[..., Any]


# Namespaces ---------------------------------------------------------------------------------------


#: Whoever asks for these is about to ask how many there are, which of a lazy array is unknown.
_COUNTED = ("nonzero", "setdiff1d", "unique", "where")
#: The standard's names, to what NumPy calls the same: scikit-learn counts on the order, which the
#: standard and NumPy leave open.
_UNIQUE = {
    "unique_all": ("index", "inverse", "counts"),
    "unique_counts": ("counts",),
    "unique_inverse": ("inverse",),
    "unique_values": (),
}


@functools.cache
def _standard(np_: Any) -> Any:
    """The namespace of adopted packages, with the few arguments that only the standard has.

    What it makes of a shape is like the arguments of the function that asks, and may be written to.
    """
    following = namespace("numpy", np_._flavour._replace(follow=True))
    module = Namespace("numpy", following._flavour)
    unique = _of_known_size(np_.unique)
    vars(module).update(
        argsort=_descending(np_.argsort, np_),
        fill_diagonal=functools.partial(_put_diagonal, np_),
        sort=_descending(np_.sort, np_),
        **{name: _of_known_size(getattr(np_, name)) for name in _COUNTED},
        **{
            name: functools.partial(unique, **{f"return_{one}": True for one in wanted})
            for name, wanted in _UNIQUE.items()
        },
    )
    return module


def _descending(function: Call, np_: Any) -> Call:
    def ordered(x: Any, axis: int = -1, descending: bool = False, **kwargs: Any) -> Any:
        if not descending:
            return function(x, axis=axis, **kwargs)
        # Flipped before as well, so that equal elements keep their order.
        order = np_.flip(function(np_.flip(x, axis), axis=axis, **kwargs), axis)
        return x.shape[axis] - 1 - order if function is np_.argsort else order

    return ordered


def _of_known_size(function: Call) -> Call:
    def values(*args: Any, **kwargs: Any) -> Any:
        found = function(*args, **kwargs)
        for part in found if isinstance(found, tuple) else (found,):
            if isinstance(part, Duck) and any(size != size for size in part.shape):
                part.native.compute_chunk_sizes()
        return found

    return values


def _get_namespace(original: Call, np_: Any) -> Call:
    def get_namespace(*arrays: Any, xp: Any = None, **kwargs: Any) -> Any:
        standard = _standard(np_)
        if xp is standard or _has_duck(arrays):
            return standard, True
        return original(*arrays, xp=xp, **kwargs)

    return get_namespace


class _Extra(types.ModuleType):
    """scikit-learn's array_api_extra, with NumPy's functions of the same names for ducks."""

    def __init__(self, module: types.ModuleType, np_: Any) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(_module=module, _np=np_)

    def __getattr__(self, name: str) -> Any:
        own = getattr(self._module, name)
        if not hasattr(np, name):
            return own

        def function(*args: Any, xp: Any = None, **kwargs: Any) -> Any:
            if duck_in(args) is None:
                return own(*args, xp=xp, **kwargs)
            return getattr(_standard(self._np), name)(*args, **kwargs)

        return function


def _numpy(original: Any, np_: Any) -> Any:
    return _standard(np_)


def _trapezoid(original: Call, np_: Any) -> Call:
    """`scipy.integrate.trapezoid`, which is not adopted with scikit-learn."""

    def trapezoid(y: Any, x: Any) -> Any:
        return original(y, x) if duck_in((y, x)) is None else np_.trapezoid(y, x)

    return trapezoid


# Places that write, view, or count in SciPy's matrices --------------------------------------------


def _put_diagonal(np_: Any, array: Any, value: Any) -> None:
    """All at once: element by element arrays that cannot be written to would be made anew."""
    if not isinstance(array, Duck):
        return np.fill_diagonal(array, value)
    diagonal = made_like(array, np.eye, *array.shape, dtype=bool)
    array[...] = np_.where(diagonal, value, array)
    return None


def _fill_diagonal(original: Call, np_: Any) -> Call:
    def fill_diagonal(array: Any, value: Any, xp: Any) -> None:
        if isinstance(array, Duck):
            return _put_diagonal(np_, array, value)
        return original(array, value, xp)  # type: ignore[no-any-return]

    return fill_diagonal


def _explained(original: Call, np_: Any) -> Call:
    """Scores by `numpy.where`: of what a mask chooses from a lazy array, the number is unknown."""

    @functools.wraps(original)
    def explained(*, numerator: Any, denominator: Any, multioutput: Any, **others: Any) -> Any:
        if isinstance(numerator, Duck) and others["force_finite"]:
            constant = denominator == 0
            if isinstance(multioutput, str) and multioutput == "variance_weighted":
                multioutput = "uniform_average" if bool(np_.all(constant)) else denominator
            # 1 - 1/1 is 0, and 1 - 0/1 is 1: scikit-learn's scores where the truth is constant.
            numerator = np_.where(constant, numerator != 0, numerator)
            denominator = np_.where(constant, 1, denominator)
            others["force_finite"] = False
        return original(
            numerator=numerator, denominator=denominator, multioutput=multioutput, **others
        )

    return explained


def _label_binarize(original: Call, np_: Any) -> Call:
    """Which label is each, by comparing: scikit-learn counts in a matrix of SciPy's."""

    @functools.wraps(original)
    def label_binarize(
        y: Any,
        *,
        classes: Any,
        neg_label: int = 0,
        pos_label: int = 1,
        sparse_output: bool = False,
    ) -> Any:
        whole = isinstance(y, Duck) and y.dtype.kind in "iub" and y.ndim == 1 and len(classes) > 1
        if not whole or sparse_output or neg_label >= pos_label:
            return original(
                y,
                classes=classes,
                neg_label=neg_label,
                pos_label=pos_label,
                sparse_output=sparse_output,
            )
        dtype = y.dtype if y.dtype.kind == "i" else np.dtype(int)
        chosen = np_.equal(np_.expand_dims(y, 1), np_.sort(np_.asarray(classes)))
        labels = np_.astype(np_.where(chosen, pos_label, neg_label), dtype)
        return labels[:, 1:] if len(classes) == 2 else labels

    return label_binarize


def _tie_averaged_dcg(original: Call, np_: Any) -> Call:
    """A gain with its ties averaged, where scikit-learn adds up in place."""

    def tie_averaged_dcg(y_true: Any, y_score: Any, discount_cumsum: Any) -> Any:
        if not isinstance(y_true, Duck):
            return original(y_true, y_score, discount_cumsum)
        unique = _standard(np_).unique
        _, inverse, counts = unique(-y_score, return_inverse=True, return_counts=True)
        sums = np_.bincount(inverse, weights=y_true, minlength=counts.shape[0])
        groups = np_.take(discount_cumsum, np_.cumsum(counts) - 1)
        return np_.sum(sums / counts * np_.diff(groups, prepend=0))

    return tie_averaged_dcg


class _Counts:
    """A matrix of SciPy's, of which scikit-learn wants the sums in each place."""

    def __init__(self, counts: Any) -> None:
        self.counts = counts

    def toarray(self) -> Any:
        return self.counts


def _coo_array(original: Any, np_: Any) -> Any:
    def coo_array(given: Any, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Any:
        if not isinstance(given, tuple) or duck_in(given) is None:
            return original(given, shape=shape, dtype=dtype, **kwargs)
        weights, (rows, columns) = given
        places = np_.add(np_.multiply(rows, shape[1]), columns)
        counts = np_.bincount(places, weights=weights, minlength=math.prod(shape))
        return _Counts(np_.astype(np_.reshape(counts, shape), dtype))

    return coo_array


def _attach_unique(original: Call, np_: Any) -> Call:
    """As it is: scikit-learn keeps the labels of ndarrays in their dtypes, for the next look."""

    def attach_unique(y: Any) -> Any:
        return y if is_duck(y) else original(y)

    return attach_unique


@functools.cache  # the same in every module, so that it is pickled by its public name
def _metric(original: Call, np_: Any) -> Call:
    """A metric, which is given ducks, unless another has done so."""

    @functools.wraps(original)
    def metric(*args: Any, **kwargs: Any) -> Any:
        library = library_for(duck_in((*args, *kwargs.values())))
        if library is None or library.name in _AS_THEY_ARE or _has_duck((*args, *kwargs.values())):
            return original(*args, **kwargs)
        ducks = [_shown(value) for value in args]
        return native(original(*ducks, **{key: _shown(value) for key, value in kwargs.items()}))

    return metric


#: CuPy's arrays have NumPy's dtypes and methods: they were judged without.
_AS_THEY_ARE = frozenset({"cupy"})


def _has_duck(values: Any) -> bool:
    return any(isinstance(value, Duck) for value in values)


def _shown(value: Any) -> Any:
    return asduck(value) if is_duck(value) else value


#: `sklearn.metrics` and `sklearn.metrics.pairwise`: what takes arrays.
_METRICS = (
    "accuracy_score", "auc", "average_precision_score", "balanced_accuracy_score",
    "brier_score_loss", "classification_report", "cohen_kappa_score", "confusion_matrix",
    "d2_absolute_error_score", "d2_brier_score", "d2_log_loss_score", "d2_pinball_score",
    "d2_tweedie_score", "dcg_score", "det_curve", "explained_variance_score", "f1_score",
    "fbeta_score", "hamming_loss", "hinge_loss", "jaccard_score", "log_loss", "matthews_corrcoef",
    "max_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_gamma_deviance",
    "mean_pinball_loss", "mean_poisson_deviance", "mean_squared_error", "mean_squared_log_error",
    "mean_tweedie_deviance", "median_absolute_error", "multilabel_confusion_matrix", "ndcg_score",
    "precision_recall_curve", "precision_recall_fscore_support", "precision_score", "r2_score",
    "recall_score", "roc_auc_score", "roc_curve", "root_mean_squared_error",
    "root_mean_squared_log_error", "top_k_accuracy_score", "zero_one_loss",
    "additive_chi2_kernel", "chi2_kernel", "cosine_distances", "cosine_similarity",
    "euclidean_distances", "laplacian_kernel", "linear_kernel", "manhattan_distances",
    "nan_euclidean_distances", "paired_cosine_distances", "paired_distances",
    "paired_euclidean_distances", "paired_manhattan_distances", "pairwise_distances",
    "pairwise_kernels", "polynomial_kernel", "rbf_kernel", "sigmoid_kernel",
)  # fmt: skip

sklearn = Consumer(
    "sklearn",
    names={
        "get_namespace": _get_namespace,
        "label_binarize": _label_binarize,
        "xpx": _Extra,
        "_attach_unique": _attach_unique,
        "_fill_diagonal": _fill_diagonal,
        **dict.fromkeys(_METRICS, _metric),
    },
    rows={
        "sklearn.metrics._classification": (Row("coo_array", _coo_array), Row("np", _numpy)),
        "sklearn.metrics._ranking": (
            Row("_tie_averaged_dcg", _tie_averaged_dcg),
            Row("np", _numpy),
            Row("trapezoid", _trapezoid),
        ),
        "sklearn.metrics._regression": (
            Row("_assemble_fraction_of_explained_deviance", _explained),
        ),
        "sklearn.metrics.pairwise": (Row("np", _numpy),),
    },
)
