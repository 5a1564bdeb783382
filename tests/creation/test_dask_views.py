"""In `using("dask")` arrays are written to as NumPy's are: parts are views, copies are copies."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import arrayproto

pytest.importorskip("dask.array")


def part_of_a_part():
    x = np.zeros((6, 6))
    inner = x[1:-1, 1:-1]
    row, column = inner[1], inner[:, None, 2]
    inner += 1
    row[1:3] *= 4
    column -= 3
    x[1:3] += 1
    return x, inner, row, column


def rows_of_a_loop():
    x = np.ones((3, 3))
    for row in x:
        row[1] = 0
    return (x,)


def functions_that_write():
    x = np.ones((3, 3))
    np.fill_diagonal(x[1:, 1:], 4)
    np.add(x[0], 1, out=x[0])
    np.copyto(x[:, 0], 8)
    x[2].sort()
    x[1].fill(3)
    return (x,)


def of_an_argument():
    def centre(x):
        x -= x.mean(axis=0)
        return x

    x = np.arange(12.0).reshape(4, 3)
    y = centre(x)
    return x, y, y is x


def copies():
    x = np.arange(3.0)
    made = [x.astype(float), np.array(x), np.concatenate([x]), np.hstack([x]), np.pad(x, 0)]
    made += [np.tile(x, 1), +x, x.flatten(), np.append(x, []), np.astype(x, float), x.copy()]
    for one in made:
        one[0] = 9
        one += 1
    return x, *made


def numbers():
    x = np.arange(3)
    total = np.sum(x)
    before = total
    total += 0.5
    return before, total


def masks():
    x = np.arange(6.0)
    x[x > 2] *= -1
    x[x < -3] = x[x < -3] ** 2
    y = x.reshape(2, 3)
    y = y.copy()
    y[y > 10] = [7, 8]
    return x, y


def places():
    x = np.zeros((3, 4))
    x[[0, 1], [1, 2]] = [5, 6]
    v = np.arange(4.0)
    v[v.argmax()] = -1
    return x, v


PROGRAMS = (part_of_a_part, rows_of_a_loop, functions_that_write, of_an_argument, copies)
PROGRAMS += (numbers, masks, places)


@pytest.mark.parametrize("chunks", [2, "auto"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_as_numpy(program, chunks):
    expected = program()
    with arrayproto.using("dask", chunks=chunks):
        found = program()
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_cast_that_numpy_refuses():
    with arrayproto.using("dask"):
        x = np.arange(3)
        with pytest.raises(TypeError, match="same_kind"):
            x += 0.5


def test_a_part_that_is_gone_costs_nothing():
    with arrayproto.using("dask"):
        x = np.zeros(4)
        for i in range(3):
            x[i : i + 1]
        gc.collect()
        assert not vars(x)["_arrayproto_parts"]


def test_outside_dask_is_as_ever():
    import dask.array as da

    with arrayproto.activated("dask"):
        x = da.zeros(4)
        x[1:3][0] = 5
        assert x.compute().tolist() == [0, 0, 0, 0]
        copy = np.concatenate([x])
        copy[0] = 1
        assert x.compute().tolist() == [0, 0, 0, 0]
