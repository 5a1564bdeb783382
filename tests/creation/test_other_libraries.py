"""Libraries without makers of their own: TensorFlow and MLX, each in a process of its own."""

from __future__ import annotations

import pytest

import arrayproto

PROGRAM = """
import io, itertools, os, pathlib, sys, tempfile
import numpy as np
import arrayproto
from tests.creation.test_makers import CALLS, ERRORS

name, asarray = {name!r}, np.asarray
path = pathlib.Path(tempfile.mkdtemp())
host = np.arange(6.0).reshape(2, 3)
host.tofile(path / "raw")
np.save(path / "x.npy", host)
np.savez(path / "x.npz", x=host)
names = dict(np=np, host=host, path=path, io=io, raw=(path / "x.npy").read_bytes(), __name__="a_program")
DRAWN = ("np.random.default_rng(0).normal(size=(2, 3))", "np.random.RandomState(1).rand(3)",
         "np.random.default_rng(2).permutation(4)", "np.random.default_rng(3).choice(5, 3)")

def arrays(made):
    return made if isinstance(made, (list, tuple)) else [made]

for call in (*itertools.chain.from_iterable(CALLS.values()), *DRAWN):
    expected = arrays(eval(call, dict(names)))
    with arrayproto.using(name):
        made = arrays(eval(call, dict(names)))
    for one, other in zip(made, expected, strict=True):
        assert type(one).__module__.partition(".")[0] == name, call
        kept = asarray(one)
        # MLX has no complex numbers of double precision.
        narrower = name == "mlx" and other.dtype == complex
        assert narrower or kept.dtype == other.dtype, (call, kept.dtype)
        np.testing.assert_array_equal(kept, other, err_msg=call)
for call in ERRORS:
    told = []
    for library in ("numpy", name):
        with arrayproto.using(library):
            try:
                eval(call, dict(names))
            except Exception as error:
                told.append((type(error), str(error)))
    assert len(told) == 2 and told[0] == told[1], told
with arrayproto.using(name):
    x = eval("np.arange(4.0)", dict(names))
    lines = eval("[str(x), f'{{np.sum(x):.2f}}', x.tolist(), float(np.sum(x)), bool(np.sum(x) > 3)]", {{**names, "x": x}})
print(*lines)
sys.stdout.flush()
os._exit(0)  # MLX has threads that may not end
"""


@pytest.mark.parametrize(
    ("name", "module"),
    [("tensorflow", "tensorflow"), ("mlx", "mlx.core")],
    ids=["tensorflow", "mlx"],
)
def test_every_function_makes_numpys_values(name, module, run_python):
    pytest.importorskip(module)
    printed = run_python(PROGRAM.format(name=name))
    assert printed.strip() == "[0. 1. 2. 3.] 6.00 [0.0, 1.0, 2.0, 3.0] 6.0 True"


def test_a_library_that_makes_no_arrays_of_ndarrays_is_refused():
    pytest.importorskip("xarray")
    with pytest.raises(arrayproto.UnsupportedArgumentError, match="how xarray makes an array"):
        with arrayproto.using("xarray"):
            pass
    assert arrayproto.status().creation == ()
