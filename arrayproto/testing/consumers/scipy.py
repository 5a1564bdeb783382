"""SciPy: the documentation of each function."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, matrix, program, signal


@program("scipy")
def scipy_signal_fftconvolve(make: Make) -> Any:
    x = make(signal())
    return imported("scipy.signal").fftconvolve(x, x, mode="full")


@program("scipy")
def scipy_signal_hilbert(make: Make) -> Any:
    return np.abs(imported("scipy.signal").hilbert(make(signal())))


@program("scipy")
def scipy_signal_lfilter(make: Make) -> Any:
    return imported("scipy.signal").lfilter([1.0], [1.0, 0.5], make(signal()))


@program("scipy")
def scipy_special_logsumexp(make: Make) -> Any:
    special, x = imported("scipy.special"), make(matrix())
    return special.logsumexp(x), special.logsumexp(x, axis=1)


@program("scipy")
def scipy_special_softmax(make: Make) -> Any:
    special, x = imported("scipy.special"), make(matrix())
    return special.softmax(x, axis=1), special.log_softmax(x, axis=0)


@program("scipy")
def scipy_special_expit(make: Make) -> Any:
    return imported("scipy.special").expit(make(matrix()))


@program("scipy")
def scipy_stats_zscore(make: Make) -> Any:
    return imported("scipy.stats").zscore(make(matrix()))


@program("scipy")
def scipy_stats_moment(make: Make) -> Any:
    stats, x = imported("scipy.stats"), make(matrix())
    return stats.moment(x, order=2), stats.gmean(x + 1)


@program("scipy")
def scipy_stats_shape(make: Make) -> Any:
    stats, x = imported("scipy.stats"), make(matrix())
    return stats.skew(x), stats.kurtosis(x), stats.sem(x), stats.entropy(x + 1)


@program("scipy")
def scipy_integrate(make: Make) -> Any:
    integrate, x = imported("scipy.integrate"), make(matrix())
    return (
        integrate.trapezoid(x, axis=0),
        integrate.cumulative_trapezoid(x, axis=0, initial=0),
        integrate.simpson(x, axis=0),
    )


@program("scipy")
def scipy_signal_spectra(make: Make) -> Any:
    signals, x = imported("scipy.signal"), make(signal())
    return signals.periodogram(x)[1], signals.welch(x, nperseg=8)[1]


@program("scipy")
def scipy_signal_detrend(make: Make) -> Any:
    return imported("scipy.signal").detrend(make(signal()), type="constant")


@program("scipy")
def scipy_signal_linear_detrend(make: Make) -> Any:
    return imported("scipy.signal").detrend(make(signal()))


@program("scipy")
def scipy_signal_oaconvolve(make: Make) -> Any:
    x = make(signal())
    return imported("scipy.signal").oaconvolve(x, x)
