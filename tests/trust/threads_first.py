"""A program in which eight threads do everything for the first time, all at once."""

import importlib
import sys
import threading
import warnings

import dask.array
import numpy as np
import sparse

import arrayproto

EYE = np.eye(3)
x, d = sparse.COO(EYE), dask.array.from_array(EYE)
start, errors = threading.Barrier(8), []


def namespace():
    return importlib.import_module("arrayproto.numpy")


def same(result, expected):
    for name in ("todense", "compute"):
        result = getattr(result, name, lambda result=result: result)()
    assert np.array_equal(result, expected), (result, expected)


def explicit():
    same(namespace().transpose(x), EYE)
    same(namespace().polynomial.polynomial.polyval(d, [1, 2]), 1 + 2 * EYE)


def unchanged():
    with arrayproto.activated("sparse", "dask"):
        same(np.transpose(x), EYE)
        same(np.polynomial.polynomial.polyval(d, [1, 2]), 1 + 2 * EYE)
        assert not np.isfortran(x)
        same(np.add.accumulate(x), np.add.accumulate(EYE))


def traced():
    with arrayproto.trace() as t, arrayproto.activated("sparse"):
        same(np.transpose(x), EYE)
    assert any(e.name == "numpy.transpose" and e.thread == threading.get_ident() for e in t.calls)


def creating():
    with arrayproto.using("dask"):
        made = np.ones(3)
    assert type(made) is dask.array.Array
    assert str(arrayproto.status())


def adopting():
    with arrayproto.adopted("colorsys"):
        assert "colorsys" in arrayproto.status().adopted


def decorated():
    for _ in range(20):
        function = arrayproto.array_function_dispatch(lambda a, b=None: (a, b))(lambda a, b=1: b)
        assert function(EYE) == 1
    str(arrayproto.explain(np.flip, x, 0))


def guarded(work):
    try:
        start.wait()
        for _ in range(3):
            work()
    except BaseException as error:
        errors.append((work.__name__, repr(error)))
        raise


def main():
    sys.setswitchinterval(1e-6)
    before = {name: id(value) for name, value in vars(np).items()}
    stock = {cls: dict(vars(cls)) for cls in (sparse.SparseArray, sparse.COO, dask.array.Array)}
    works = [explicit, explicit, unchanged, unchanged, traced, creating, adopting, decorated]
    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    with warnings.catch_warnings():
        warnings.simplefilter("error", arrayproto.ArrayProtoWarning)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    assert not errors, errors
    changed = [name for name in before if id(getattr(np, name)) != before[name]]
    assert not changed, changed
    for cls, attributes in stock.items():
        assert {name: id(value) for name, value in vars(cls).items()} == {
            name: id(value) for name, value in attributes.items()
        }, cls
    assert arrayproto.status().active == ()
    print("done")


if __name__ == "__main__":
    main()
