"""`explain` and ``check`` say of a call what is seen when it is really made."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import arrayproto
from arrayproto import explain
from arrayproto.errors import REFUSALS, UnsupportedFunctionError
from arrayproto.testing.subjects import SUBJECTS
from arrayproto.tools.check import Config, check_source
from arrayproto.tools.check.asked import load

VALUES = np.arange(9.0).reshape(3, 3) + np.eye(3)

#: Calls with arrays of the library, x, m of booleans and i of indices, and ndarrays, h and o.
CALLS = """
np.sum(x)
np.sum(x, where=h > 1)
np.sum(x, out=np.zeros(3), axis=0)
np.sum(x, initial=3)
np.sum(x, 0, None, None, False, 5)
np.sum(a=x)
np.sum([x, x])
np.sum((x, x))
np.add(x, h)
np.add(h, x)
np.add(x, x, out=o)
np.add(h, h, out=x)
np.add(x, x, o)
np.add(h, h, where=m)
np.add(x, [1, 2, 3])
np.add([x, x], h)
np.add.reduce(x, axis=1, keepdims=True)
np.add.accumulate(x)
np.add.outer(x, x)
np.add.reduceat(x, [0, 1])
np.add.at(x, 0, 1)
np.add.at(o, 0, x[0])
np.matmul(x, x)
np.concatenate([x, h])
np.concatenate([h, x])
np.concatenate([[x, x]])
np.block([[x, x], [x, h]])
np.where(h > 1, x, h)
np.select([m], [x])
np.einsum('ij,jk', x, x)
np.linalg.svd(x)
np.linalg.solve(h, x)
np.linalg.lstsq(x, h)
np.linalg.multi_dot([x, x, x])
np.fft.fft2(x, norm='ortho')
np.fft.fftshift(x)
np.zeros(3, like=x)
np.asarray(x)
np.asarray(x, like=x)
np.array([x, x])
np.sort(x, kind='stable')
np.argsort(x, axis=0)
np.percentile(x, 50, method='lower')
np.histogram(x, weights=x)
np.unique(x)
np.unique(x, axis=0)
np.copyto(x, h)
np.copyto(o, x)
np.put(x, 0, 1)
np.put(o, 0, x[0])
np.putmask(o, h > 1, x)
np.pad(x, 1, mode='linear_ramp')
np.take(h, i)
np.apply_along_axis(np.sum, 0, x)
np.save('{folder}/x.npy', x)
np.array2string(x)
np.isfortran(x)
np.shape(x)
np.ndim([x])
np.result_type(x, np.float32)
np.broadcast_arrays(x, h)
np.gradient(x, h[0], h[0])
np.tensordot(x, h, axes=1)
np.dot(x, h, out=o)
np.random.permutation(x)
np.char.upper(x)
np.clip(x, 0, 1, out=o)
np.lib.stride_tricks.sliding_window_view(x, 2, axis=0)
np.searchsorted(h[0], x)
np.meshgrid(x[0], x[0])
np.ptp(x, axis=0, out=o[0])
np.cov(x, aweights=x[0])
np.linspace(x[0], 3)
""".strip().splitlines()
LIBRARIES = ("sparse", "dask", "torch", "mlx")
#: Codes of what ends with a refusal.
ERRORS = ("AP101", "AP102", "AP103", "AP401")


def real(names, calls):
    """Of each call: the kind of the first that was seen, conversions, and the error."""
    with arrayproto.trace() as t, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in calls:
            before, error = len(t.raw), None
            try:
                eval(text, names)
            except Exception as raised:  # of whatever class
                error = raised
            events = t.events[before:]
            kinds = [(e.library, e.kind) for e in events if e.what == "call"]
            left = [e for e in events if e.what == "conversion" and e.kind != "number"]
            yield text, kinds, left, error


def agrees(told, kinds, left, error):
    """Whether what was told is what was seen."""
    if told.answer is None:
        if told.outcome.startswith("raises Unsupported"):
            whole = "FunctionError" in told.outcome
            return isinstance(error, REFUSALS) and whole == (
                type(error) is UnsupportedFunctionError
            )
        return "not known" in told.outcome or isinstance(error, TypeError)
    if told.answer.kind == "numpy":
        unless = told.copies and all(", unless " in copy for copy in told.copies)
        return not kinds and (error is not None or bool(left) == bool(told.copies) or unless)
    if isinstance(error, REFUSALS):
        return False
    answered = kinds[:1] in (
        [(told.answer.library, told.answer.kind)],
        [(told.answer.library, "raised")],
    )
    return answered and (bool(told.copies) or not left)


def names_of(library):
    subject = SUBJECTS[library]
    pytest.importorskip(subject.module)
    subject.load()
    x, i = subject.from_numpy(VALUES), subject.from_numpy(np.array([2, 0, 1]))
    h, o = VALUES.copy(), np.zeros((3, 3))
    return {"np": np, "x": x, "m": x > 1, "i": i, "h": h, "o": o, "explain": explain}


def checked(text, asked):
    """The codes of errors that are found in a function of the arrays x, m and i."""
    program = f"""
import numpy as np
def f(x, m, i):
    x[...], m[...], i[...]
    h, o = np.ones((3, 3)), np.zeros((3, 3))
    {text}
"""
    return [f.code for f in check_source(program, "x.py", [asked], Config()) if f.code in ERRORS]


@pytest.mark.parametrize("library", LIBRARIES)
def test_active(library, tmp_path):
    """What is refused is told before, and found; nothing else is."""
    arrayproto.activate(library)
    asked, names = load(library), names_of(library)
    calls = [text.replace("{folder}", str(tmp_path)) for text in CALLS]
    told = {text: eval(f"explain({text.replace('(', ', ', 1)}", names) for text in calls}
    wrong = []
    for text, kinds, left, error in real(names, calls):
        if not agrees(told[text], kinds, left, error):
            wrong.append((text, str(told[text]), kinds, left, error))
        codes = checked(text, asked)
        if bool(codes) != isinstance(error, REFUSALS):
            wrong.append((text, codes, error))
    assert wrong == []


@pytest.mark.parametrize("library", ["sparse", "dask", "torch"])
def test_stock(library, tmp_path):
    names = names_of(library)
    calls = [text.replace("{folder}", str(tmp_path)) for text in CALLS]
    told = {text: eval(f"explain({text.replace('(', ', ', 1)}", names) for text in calls}
    wrong = [
        (text, str(told[text]), kinds, left, error)
        for text, kinds, left, error in real(names, calls)
        if not agrees(told[text], kinds, left, error)
    ]
    assert wrong == []
