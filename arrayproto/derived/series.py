"""`numpy.polynomial`: series of coefficients, the lowest order first, in any basis.

What tells one basis from another is a row of the table in `arrayproto.derived.bases`: how x times a
polynomial is made of its neighbours, and how a derivative and an integral are. Everything else is
the same for all of them.
"""

from __future__ import annotations

import functools
import importlib
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy

import arrayproto.numpy as np

from .coefficients import (
    Band,
    as_int,
    as_series,
    banded,
    column_of,
    count_of,
    inexact,
    is_zero,
    plus,
    scaled_by,
    slices,
    trimseq,
    vector,
)
from .creation import alike, array_of, cast, one_of
from .linalg import real_eigvals


class Basis:
    """Polynomials P[0], P[1] ... of which series are sums; the methods are NumPy's functions.

    Parameters
    ----------
    module, prefix : str
        What NumPy calls it.
    above, same, below : callable or None
        x P[j] = above(j) P[j + 1] + same(j) P[j] + below(j) P[j - 1]; None for zeros.
    slope, weight, stride
        The derivative has ``slope(j) * (weight(j) * c[j] + weight(k) * c[k] + ...)`` at j - 1, for
        k = j + stride and so on; without a stride, c[j] alone counts.
    integral : tuple of three
        Where the integral has P[j], as `above`, `same` and `below` for x P[j].
    weight_function : callable
        Of x.
    """

    def __init__(
        self,
        module: str,
        prefix: str,
        above: Callable[[int], float],
        same: Band,
        below: Band,
        *,
        slope: Callable[[int], float],
        weight: Callable[[int], float] = lambda j: 1,
        stride: int = 0,
        integral: tuple[Band, Band, Band],
        weight_function: Callable[[Any], Any] | None = None,
    ) -> None:
        self.module, self.prefix = module, prefix
        self.bands = above, same, below
        self.slope, self.weight_of, self.stride = slope, weight, stride
        self.integral, self.weight_function = integral, weight_function

    # P[j + 1] = (factor(j) x + offset(j)) P[j] - fall(j) P[j - 1]

    def _factor(self, j: int) -> float:
        return 1 / self.bands[0](j)

    def _offset(self, j: int) -> float:
        return -self.bands[1](j) / self.bands[0](j) if self.bands[1] else 0.0

    def _fall(self, j: int) -> float:
        return self.bands[2](j) / self.bands[0](j) if self.bands[2] else 0.0

    def _linear(self, x: Any, j: int) -> Any:
        factor, offset = self._factor(j), self._offset(j)
        scaled = x if factor == 1 else x * factor
        return scaled + offset if offset else scaled

    def _times_x(self, c: Any) -> Any:
        return banded(c, *self.bands)

    def _step(self, j: int, c: Any, times_x: Callable[[Any], Any]) -> Any:
        """As `_linear`, for the series c of whatever basis `times_x` is of."""
        offset = self._offset(j)
        result = times_x(c) * self._factor(j)
        return plus(result, c * offset) if offset else result

    def _sum(
        self,
        rows: list[Any],
        step: Callable[[int, Any], Any],
        plus: Callable[[Any, Any], Any] = operator.add,
    ) -> Any:
        """The sum of rows[j] P[j], after Clenshaw."""
        last, result = rows[-1], rows[-2] if len(rows) > 1 else None
        if result is None:
            return last
        for j in range(len(rows) - 2, 0, -1):
            fall = self._fall(j)
            before = plus(rows[j - 1], last * -fall) if fall else rows[j - 1]
            result, last = before, plus(result, step(j, last))
        return plus(result, step(0, last))

    def _numpys(self, verb: str) -> Callable[..., Any]:
        module = importlib.import_module(f"numpy.polynomial.{self.module}")
        return getattr(module, self.prefix + verb)  # type: ignore[no-any-return]

    # Arithmetic ---------------------------------------------------------------------------------

    def add(self, c1: Any, c2: Any) -> Any:
        c1, c2 = as_series([c1, c2])
        return trimseq(plus(c1, c2))

    def sub(self, c1: Any, c2: Any) -> Any:
        c1, c2 = as_series([c1, c2])
        return trimseq(plus(c1, -c2))

    def mulx(self, c: Any) -> Any:
        [c] = as_series([c])
        return c if c.shape[0] == 1 and is_zero(c) else self._times_x(c)

    def _mul(self, c1: Any, c2: Any) -> Any:
        if c1.shape[0] > c2.shape[0]:
            c1, c2 = c2, c1
        rows = [c * c2 for c in slices(c1)]
        return self._sum(rows, functools.partial(self._step, times_x=self._times_x), plus)

    def mul(self, c1: Any, c2: Any) -> Any:
        return trimseq(self._mul(*as_series([c1, c2])))

    def div(self, c1: Any, c2: Any) -> tuple[Any, Any]:
        c1, c2 = as_series([c1, c2])
        if c2.shape[0] == 1:
            if is_zero(c2):
                raise ZeroDivisionError
            return c1 / c2[0], c1[:1] * 0
        terms = c1.shape[0] - c2.shape[0] + 1
        if terms <= 0:
            return c1[:1] * 0, c1
        products = [c2]  # of c2 and P[0], P[1] ...
        for j in range(terms - 1):
            following = self._step(j, products[j], self._times_x)
            fall = self._fall(j) if j else 0
            products.append(plus(following, products[j - 1] * -fall) if fall else following)
        quotient = []
        for product in reversed(products):
            digit = c1[-1:] / product[-1]
            c1 = c1[:-1] - digit * product[:-1]
            quotient.append(digit)
        return np.concatenate(quotient[::-1], 0), trimseq(c1)

    def pow(self, c: Any, pow: Any, maxpower: Any = 16) -> Any:
        [c] = as_series([c])
        power = int(pow)
        if power != pow or power < 0:
            raise ValueError("Power must be a non-negative integer.")
        if maxpower is not None and power > maxpower:
            raise ValueError("Power is too large")
        if power == 0:
            return alike(numpy.ones(1, c.dtype), c)
        return functools.reduce(self._mul, [c] * power)

    # Values -------------------------------------------------------------------------------------

    def val(self, x: Any, c: Any, tensor: bool = True) -> Any:
        c = inexact(c, one_of(c))
        if isinstance(x, (list, tuple)):
            x = array_of(x, one_of(*x, c))
        elif isinstance(x, numpy.ndarray):
            x = alike(x, c)
        # A vector's items are numbers, which broadcast as they are.
        if tensor and len(c.shape) > 1 and not isinstance(x, numpy.generic):
            c = np.reshape(c, tuple(c.shape) + (1,) * np.ndim(x))
        rows = [c[j] for j in range(c.shape[0])]
        return self._sum(self._broad(rows, x), lambda j, last: last * self._linear(x, j))

    def _broad(self, rows: list[Any], x: Any) -> list[Any]:
        return rows if len(rows) > 1 else [*rows, 0]

    def _valnd(self, c: Any, *points: Any) -> Any:
        like = one_of(*points, c)
        points = tuple(array_of(x, like) for x in points)
        if len({tuple(x.shape) for x in points}) > 1:
            names = {2: "x, y", 3: "x, y, z"}[len(points)]
            raise ValueError(f"{names} are incompatible")
        for number, x in enumerate(points):
            c = self.val(x, c, tensor=not number)
        return c

    def val2d(self, x: Any, y: Any, c: Any) -> Any:
        return self._valnd(c, x, y)

    def val3d(self, x: Any, y: Any, z: Any, c: Any) -> Any:
        return self._valnd(c, x, y, z)

    def grid2d(self, x: Any, y: Any, c: Any) -> Any:
        return functools.reduce(lambda c, x: self.val(x, c), (x, y), c)

    def grid3d(self, x: Any, y: Any, z: Any, c: Any) -> Any:
        return functools.reduce(lambda c, x: self.val(x, c), (x, y, z), c)

    def vander(self, x: Any, deg: Any) -> Any:
        degree = count_of(deg, "deg", "deg")
        x = np.atleast_1d(array_of(x, one_of(x))) + 0.0
        rows = [x * 0 + 1]
        if degree:
            rows.append(self._linear(x, 0))
        for j in range(1, degree):
            fall = self._fall(j)
            row = rows[j] * self._linear(x, j)
            rows.append(row - rows[j - 1] * fall if fall else row)
        return np.stack(rows, -1)

    def _vander_nd(self, points: tuple[Any, ...], degrees: Any) -> Any:
        count = len(points)
        if len(degrees) != count:
            raise ValueError(f"Expected {count} dimensions of degrees, got {len(degrees)}")
        points = tuple(array_of(x, one_of(*points)) for x in points)
        if len({tuple(x.shape) for x in points}) > 1:
            raise ValueError("the sample points must all have the same shape")
        dtype = numpy.result_type(*(x.dtype for x in points))
        result: Any = None
        for x, degree in zip(points, degrees, strict=True):
            factor = self.vander(cast(x, dtype), degree)
            if result is None:
                result = factor
                continue
            product = result[..., None] * factor[..., None, :]
            rows, columns = product.shape[-2:]
            result = np.reshape(product, (*product.shape[:-2], rows * columns))
        return result

    def vander2d(self, x: Any, y: Any, deg: Any) -> Any:
        return self._vander_nd((x, y), deg)

    def vander3d(self, x: Any, y: Any, z: Any, deg: Any) -> Any:
        return self._vander_nd((x, y, z), deg)

    def weight(self, x: Any) -> Any:
        assert self.weight_function is not None
        return self.weight_function(x)

    # Calculus -----------------------------------------------------------------------------------

    def _der(self, c: Any) -> Any:
        rows = range(1, c.shape[0])
        c = c[1:]
        if self.stride:
            parts = slices(c * column_of(self.weight_of, rows, c))
            for j in range(len(parts) - 1 - self.stride, -1, -1):
                parts[j] = parts[j] + parts[j + self.stride]
            c = np.concatenate(parts, 0)
        return c * column_of(self.slope, rows, c)

    def der(self, c: Any, m: Any = 1, scl: Any = 1, axis: Any = 0) -> Any:
        c = inexact(c, one_of(c))
        count = as_int(m, "the order of derivation")
        axis = as_int(axis, "the axis")
        if count < 0:
            raise ValueError("The order of derivation must be non-negative")
        axis = numpy.lib.array_utils.normalize_axis_index(axis, len(c.shape))
        if count == 0:
            return c
        c = np.moveaxis(c, axis, 0)
        if count >= c.shape[0]:
            c = c[:1] * 0
        else:
            for _ in range(count):
                c = self._der(scaled_by(c, scl))
        return np.moveaxis(c, 0, axis)

    def antiderivative(
        self,
        c: Any,
        m: Any = 1,
        k: Any = [],  # noqa: B006 - NumPy's, and left as it is
        lbnd: Any = 0,
        scl: Any = 1,
        axis: Any = 0,
    ) -> Any:
        c = inexact(c, one_of(c))
        constants = list(k) if np.iterable(k) else [k]
        count = as_int(m, "the order of integration")
        axis = as_int(axis, "the axis")
        if count < 0:
            raise ValueError("The order of integration must be non-negative")
        if len(constants) > count:
            raise ValueError("Too many integration constants")
        if np.ndim(lbnd) != 0:
            raise ValueError("lbnd must be a scalar.")
        if np.ndim(scl) != 0:
            raise ValueError("scl must be a scalar.")
        axis = numpy.lib.array_utils.normalize_axis_index(axis, len(c.shape))
        if count == 0:
            return c
        c = np.moveaxis(c, axis, 0)
        for constant in constants + [0] * (count - len(constants)):
            c = scaled_by(c, scl)
            if c.shape[0] > 1 or not is_zero(c):
                c = banded(c, *self.integral)
                c = self._with_constant(c, -self.val(lbnd, c))
            c = self._with_constant(c, constant)
        return np.moveaxis(c, 0, axis)

    def _with_constant(self, c: Any, constant: Any) -> Any:
        constant = cast(vector(constant, c), c.dtype)
        return plus(c, np.broadcast_to(constant, (1, *c.shape[1:])))

    # Roots, fits, other bases -------------------------------------------------------------------

    def fromroots(self, roots: Any) -> Any:
        if np.shape(roots)[0] == 0:
            return alike(numpy.ones(1), roots)
        [roots] = as_series([roots], trim=False)
        result = alike(numpy.ones(1, numpy.result_type(roots.dtype, int)), roots)
        for root in slices(roots):
            result = plus(self._times_x(result), -root * result)
        return result

    def companion(self, c: Any) -> Any:
        [c] = as_series([c])
        n = c.shape[0] - 1
        if n < 1:
            raise ValueError("Series must have maximum degree of at least 1.")
        # NumPy's own tells what is the same for all coefficients, and how they are scaled.
        numpys = self._numpys("companion")
        fixed = numpys([0.0] * n + [1.0])
        scale = (numpys(numpy.ones(n + 1)) - fixed)[:, -1].astype(c.dtype)
        column = (c[:-1] / c[-1] * scale)[:, None]
        return alike(fixed.astype(c.dtype), c) + np.pad(column, ((0, 0), (n - 1, 0)))

    def roots(self, c: Any) -> Any:
        [c] = as_series([c])
        if c.shape[0] < 2:
            return alike(numpy.empty(0, c.dtype), c)
        matrix = self.companion(c)
        if c.shape[0] == 2:
            return matrix[0]
        # Since 2.5 NumPy has real roots in some families of polynomials only.
        real = self._numpys("roots")([-1.0, 0.0, 1.0]).dtype.kind == "f"
        eigenvalues = real_eigvals if real else np.linalg.eigvals
        return np.sort(eigenvalues(matrix[::-1, ::-1]))

    def fit(
        self, x: Any, y: Any, deg: Any, rcond: Any = None, full: bool = False, w: Any = None
    ) -> Any:
        like = one_of(x, y, w)
        x, y = array_of(x, like) + 0.0, array_of(y, like) + 0.0
        deg = numpy.asarray(deg)
        if deg.ndim > 1 or deg.dtype.kind not in "iu" or deg.size == 0:
            raise TypeError("deg must be an int or non-empty 1-D array of int")
        if deg.min() < 0:
            raise ValueError("expected deg >= 0")
        if len(x.shape) != 1:
            raise TypeError("expected 1D vector for x")
        if x.shape[0] == 0:
            raise TypeError("expected non-empty vector for x")
        if len(y.shape) not in (1, 2):
            raise TypeError("expected 1D or 2D array for y")
        if x.shape[0] != y.shape[0]:
            raise TypeError("expected x and y to have same length")
        degrees = numpy.arange(deg + 1) if deg.ndim == 0 else numpy.sort(deg)
        matrix = self.vander(x, int(degrees[-1]))
        if len(degrees) <= degrees[-1]:
            matrix = np.take(matrix, degrees, axis=1)
        if w is not None:
            w = array_of(w, like) + 0.0
            if len(w.shape) != 1:
                raise TypeError("expected 1D vector for w")
            if x.shape[0] != w.shape[0]:
                raise TypeError("expected x and w to have same length")
            matrix = matrix * w[:, None]
            y = y * (w if len(y.shape) == 1 else w[:, None])
        if rcond is None:
            rcond = x.shape[0] * numpy.finfo(x.dtype).eps
        scale = np.sqrt(np.sum(np.square(np.abs(matrix)), axis=0))
        scale = np.where(scale == 0, 1, scale)
        c, residuals, rank, s = np.linalg.lstsq(matrix / scale, y, rcond)
        c = c / (scale if len(c.shape) == 1 else scale[:, None])
        if len(degrees) <= degrees[-1]:
            given = {degree: c[i : i + 1] for i, degree in enumerate(degrees.tolist())}
            zero = alike(numpy.zeros((1, *c.shape[1:]), c.dtype), c)
            c = np.concatenate([given.get(j, zero) for j in range(max(given) + 1)], 0)
        if full:
            return c, [residuals, rank, s, rcond]
        # A lazy rank is not known, and neither is the need of a warning.
        if isinstance(rank, (int, numpy.integer)) and rank != len(degrees):
            message = "The fit may be poorly conditioned"
            warnings.warn(message, numpy.exceptions.RankWarning, stacklevel=3)
        return c

    def to_poly(self, c: Any) -> Any:
        [c] = as_series([c])
        step = functools.partial(self._step, times_x=POWERS._times_x)
        return trimseq(self._sum(slices(c), step, plus))

    def from_poly(self, pol: Any) -> Any:
        [pol] = as_series([pol])
        step = functools.partial(POWERS._step, times_x=self._times_x)
        return trimseq(POWERS._sum(slices(pol), step, plus))


class Powers(Basis):
    """1, x, x**2 ..."""

    def _mul(self, c1: Any, c2: Any) -> Any:
        return np.convolve(c1, c2)

    def pow(self, c: Any, pow: Any, maxpower: Any = None) -> Any:
        return super().pow(c, pow, maxpower)

    def _broad(self, rows: list[Any], x: Any) -> list[Any]:
        # NaN where x is infinite, as in NumPy.
        rows[-1] = rows[-1] + x * 0
        return rows

    def valfromroots(self, x: Any, r: Any, tensor: bool = True) -> Any:
        r = inexact(r, one_of(r, x))
        if isinstance(x, (list, tuple)):
            x = array_of(x, r)
        elif isinstance(x, numpy.ndarray):
            x = alike(x, r)
        if hasattr(x, "shape") and not isinstance(x, numpy.generic):
            if tensor:
                r = np.reshape(r, tuple(r.shape) + (1,) * len(x.shape))
            elif len(x.shape) >= len(r.shape):
                raise ValueError("x.ndim must be < r.ndim when tensor == False")
        return np.prod(x - r, axis=0)


POWERS = Powers(
    "polynomial",
    "poly",
    above=lambda j: 1,
    same=None,
    below=None,
    slope=lambda j: j,
    integral=(lambda j: 1 / (j + 1), None, None),
)
