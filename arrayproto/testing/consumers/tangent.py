"""Tangent: the functions of its README."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, matrix, program

# Tangent reads the source of what it differentiates.


def _square(x):  # type: ignore[no-untyped-def]
    return x * x


def _sine_times_x(x):  # type: ignore[no-untyped-def]
    return np.sum(np.sin(x) * x)


def _power(x):  # type: ignore[no-untyped-def]
    y = x
    for _ in range(3):
        y = y * x
    return np.sum(y)


def _either(x, positive):  # type: ignore[no-untyped-def]
    if positive:
        y = np.exp(x)
    else:
        y = -x
    return np.sum(y)


def _dense_layer(x, w, b):  # type: ignore[no-untyped-def]
    return np.mean(np.tanh(np.dot(x, w) + b))


@program("tangent")
def tangent_square(make: Make) -> Any:
    x = make(matrix())
    return imported("tangent").grad(_square)(x, make(np.ones((6, 4))))


@program("tangent")
def tangent_sine_times_x(make: Make) -> Any:
    return imported("tangent").grad(_sine_times_x)(make(matrix()))


@program("tangent")
def tangent_loop(make: Make) -> Any:
    return imported("tangent").grad(_power)(make(matrix()))


@program("tangent")
def tangent_condition(make: Make) -> Any:
    gradient = imported("tangent").grad(_either)
    return gradient(make(matrix()), True), gradient(make(matrix()), False)


@program("tangent")
def tangent_dense_layer(make: Make) -> Any:
    gradient = imported("tangent").grad(_dense_layer, wrt=(0, 1, 2))
    return gradient(make(matrix()), np.arange(12.0).reshape(4, 3) / 12, np.ones(3))


@program("tangent")
def tangent_forward_mode(make: Make) -> Any:
    derivative = imported("tangent").jvp(_sine_times_x)
    return derivative(make(matrix()), make(np.ones((6, 4))))
