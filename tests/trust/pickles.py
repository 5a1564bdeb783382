"""Writes pickles, or reads them: ``python pickles.py write|read active|inactive FOLDER``."""

import pickle
import sys
import types
from pathlib import Path

import cloudpickle
import dask
import dask.array
import numpy as np
import sparse

import arrayproto

what, state, folder = "", "", Path()
EYE = np.eye(3) + 1

# Importable in both processes, as a module of the user's would be.
late = types.ModuleType("late")
SOURCE = (
    "import numpy as np\n"
    "from arrayproto import array_function_dispatch, ArrayFunctionMixin, implements\n"
    "@array_function_dispatch(lambda a, b=None: (a, b), module='late')\n"
    "def decorated(a, b=None): return a\n"
    "class Mine(ArrayFunctionMixin):\n"
    "    def __init__(self, n): self.n = n\n"
    "    def __eq__(self, other): return self.n == other.n\n"
    "    @implements(np.trace)\n"
    "    def trace(self): return self.n\n"
)

FUNCTIONS = {
    "dispatched": "sum", "of a module": "linalg.norm", "rebound": "isfortran",
    "rebound, of a module": "polynomial.polynomial.polyval", "ufunc": "add",
    "method of a ufunc": "add.reduce", "creation": "zeros", "with like": "asarray",
    "class": "random.Generator", "random": "random.default_rng",
}  # fmt: skip
#: What only these pickle, since they take a function by its code.
BY_CLOUDPICKLE = {"lambda", "graph", "derived graph"}


def numpys(name):
    found = np
    for part in name.split("."):
        found = getattr(found, part)
    return found


def things():
    found = {name: numpys(path) for name, path in FUNCTIONS.items()}
    found["decorated"], found["with a protocol"] = late.decorated, late.Mine(3)
    found["explicit"] = __import__("arrayproto.numpy").numpy.linalg.norm
    found["sparse"] = sparse.COO(EYE)
    found["lambda"] = lambda a: np.isfortran(a) or np.transpose(a)
    d = dask.array.from_array(EYE, chunks=2)
    found["graph"] = np.flip(np.concatenate([d, d]), 0)
    if state == "active":
        found["derived graph"] = np.median(d, axis=0) + np.sort(d, 0)[0]
    return found


def kept():
    """What a program has taken by name while it stood there, and keeps."""
    with arrayproto.trace(), arrayproto.using("sparse"):
        return {f"kept, {name}": numpys(path) for name, path in FUNCTIONS.items()}


def write():
    found = {**things(), **kept()}
    if state == "active":
        with arrayproto.trace(), arrayproto.using("sparse"):
            inside = {f"inside, {name}": numpys(path) for name, path in FUNCTIONS.items()}
            save(inside)
    save(found)


def save(found):
    for name, value in found.items():
        # sparse's arrays have slots, which older protocols do not know.
        arrays = name in ("sparse", *BY_CLOUDPICKLE)
        for protocol in range(2 if arrays else 0, pickle.HIGHEST_PROTOCOL + 1):
            for library in (pickle, cloudpickle):
                if library is cloudpickle or name not in BY_CLOUDPICKLE:
                    data = library.dumps(value, protocol=protocol)
                    if name.rpartition(", ")[2] in FUNCTIONS:
                        assert b"arrayproto" not in data, (name, protocol, data)
                    (folder / f"{name}.{library.__name__}.{protocol}").write_bytes(data)


def read():
    expected = things()
    for path in sorted(folder.iterdir()):
        name, value = path.name.partition(".")[0], pickle.loads(path.read_bytes())
        own = name.rpartition(", ")[2] if not name.startswith("rebound,") else name
        if name.startswith(("kept, ", "inside, ")):
            own = name.partition(", ")[2]
        if name.startswith("kept, rebound") and ".cloudpickle." in path.name:
            # It looks like a function that is not what its name says, which goes by its code.
            assert value.__code__ == numpys(FUNCTIONS[own]).__code__, path
        elif own in FUNCTIONS:
            assert value == numpys(FUNCTIONS[own]), path
            if own != "method of a ufunc":
                assert value is numpys(FUNCTIONS[own]), path
        elif own in ("decorated", "explicit"):
            assert value is expected[own], path
        elif own == "with a protocol":
            assert value == late.Mine(3) and np.trace(value) == 3
        elif own == "sparse":
            assert np.array_equal(value.todense(), EYE)
            assert type(np.transpose(value)) is sparse.COO
        elif own == "lambda":
            assert np.array_equal(value(EYE), EYE)
        elif own == "graph":
            assert np.array_equal(value.compute(scheduler="sync"), np.flip([*EYE, *EYE], 0))
        else:
            assert own == "derived graph", own
            result = np.median(EYE, axis=0) + np.sort(EYE, 0)[0]
            assert np.array_equal(value.compute(scheduler="sync"), result)
    print(len(list(folder.iterdir())))


if __name__ == "__main__":
    what, state, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    sys.modules["late"] = late
    exec(SOURCE, vars(late))
    if state == "active":
        arrayproto.activate("sparse", "dask")
    write() if what == "write" else read()
