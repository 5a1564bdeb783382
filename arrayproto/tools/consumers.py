"""docs/consumers.md: which program of which consumer library runs on which array library."""

from __future__ import annotations

from collections.abc import Iterator

from ..testing.consumers import PROGRAMS, Program, known_gap, libraries_of, mxnet
from ..testing.subjects import SUBJECTS
from . import judged

_HEAD = """\
# Consumer libraries on the arrays of others

<!-- made by `python -m arrayproto coverage --update`, of the data that the tests run -->

Each row is a program from the README or the tutorial of a library that is written for NumPy, unchanged. It runs under
`arrayproto.activate()` and `arrayproto.adopt(...)` of that library; the tests hold its result against NumPy's, and see that no array
was copied to the host or made dense on the way. {counts}

- **yes**: the array of the library goes in and comes out.
- **asduck**: the program calls methods that the library has with another meaning; its arrays are given by `arrayproto.asduck(x)`.
- **computes**: it looks at values to decide whether to go on, so that lazy arrays are computed at each look.
- **no**: the reason is below the table.
- **not judged**: it needs a GPU, or an installation, that no record is of: `python -m arrayproto.tools.judged --library cupy` makes one.

`examples/tensorly_sparse.py` finds phrases in a real text and, with `--made`, measures memory and time (once, two busy cores; ten iterations of `parafac`, rank 3, 0.1 % stored): the process grew by 9, 26 and
45 MB for sparse tensors of 250³, 500³ and 800³ with 0.5, 4 and 16 MB of stored values (125, 1000 and 4096 MB if they were dense). At 250³ stock TensorLy on the dense
tensor grew by 644 MB and took 31 s, on the sparse one 1.9 s.

Beside a sparse tensor what is dense by nature (factors, weights, gradients with respect to dense parameters) is an ndarray.

Operators are the arrays' own. While a library is active, those between its arrays and another library's are an error that names both, where stock TensorFlow, for one, converts its neighbour to the
host (`tensor + jax_array`) without a word. TensorFlow's operators between tensors of two dtypes stay its own: an error, but for `tensor * boolean`, which is a logical and;
`np.multiply` is NumPy's multiplication.

## MXNet

MXNet 1.9.1 is no consumer: its `mxnet.numpy` arrays have NumPy's protocols. It does not import on NumPy 2, but for `arrayproto.adopt("mxnet")` before
`import mxnet` (`pip install --no-deps mxnet==1.9.1`), which gives it the names that NumPy has removed while it is imported. {mxnet}
Operators between its arrays and ndarrays, and `np.asarray`, stay as they are: an error.
"""
#: How each consumer was made to work; beyond it stands what adoption does for all.
_HOW = {
    "autograd": "Its tables of boxes and vector spaces know duck arrays; the gradient of an index is added without a write, and those of `cumsum`, `clip`, `max`, `min`, `maximum` and "
    "`minimum` use no operators that a library has with another meaning (TensorFlow's `tensor * mask` is a logical and) or lacks (PyTorch's `g[::-1]`).",
    "dask": "Chunks are the arrays of other libraries, `da.from_array(x)`: sparse's, JAX's and CuPy's as they are; PyTorch's and TensorFlow's, which have no NumPy "
    "dtypes, as `asduck` shows them (a function of `map_blocks` gets ducks), and `compute()` gives tensors. Dask's own calls of NumPy stay NumPy's. The chunks' library has to be active, on workers too.",
    "einops": "A backend of NumPy's functions, for arrays that it does not know.",
    "opt_einsum": "NumPy's functions for mixed operands, and for libraries that it has no backend for.",
    "scipy": "Arrays have the namespace of adopted packages; Fourier transforms are `numpy.fft`'s; functions that write are given ducks.",
    "skimage": "Nothing beyond adoption.",
    "sklearn": "Its metrics are given ducks, and for these the code that it has for the Array API, without `array_api_dispatch`; CuPy's arrays go in as they are. Scores are "
    "Python numbers, labels may be in ndarrays. Estimators are no part of it: theirs is compiled code. `pip install 'arrayproto[consumers-more]'` brings it and scikit-image.",
    "tangent": "Adopt it before it is imported (`pip install --no-deps tangent==0.1.9 astor==0.8.1`, and autograd and six): it is given the syntax tree of Python 3.7 in the place "
    "of gast and nothing in the place of TensorFlow 1, so that it runs on today's Python; its tables by class know duck arrays (google/tangent#74).",
    "tensorly": "Its NumPy backend. The product of a sparse unfolding with a Khatri-Rao product, and its singular vectors, are computed of the stored values.",
    "xarray": "Arrays have the namespace of adopted packages; linear interpolation is made of NumPy's functions, in the place of SciPy's compiled ones.",
}


def markdown() -> str:
    """The page."""
    consumers = dict.fromkeys(program.consumer for program in PROGRAMS)
    lines = [_HEAD.format(counts=_counts(), mxnet=_mxnet())]
    for consumer in consumers:
        programs = [program for program in PROGRAMS if program.consumer == consumer]
        lines += [f'## {consumer}: `arrayproto.adopt("{consumer}")`', "", _HOW[consumer], ""]
        libraries = libraries_of(consumer)
        lines += ["| | " + " | ".join(libraries) + " |", "| --- |" + " --- |" * len(libraries)]
        lines += [_row(program) for program in programs]
        lines += ["", *_reasons(programs), *_records(programs)]
    return "\n".join(lines).rstrip() + "\n"


def _counts() -> str:
    cells = [[_cell(one, library) for library in libraries_of(one.consumer)] for one in PROGRAMS]
    good = sum(sum(cell not in ("no", "not judged") for cell in row) >= 3 for row in cells)
    return f"Of {len(cells)} programs {good} run on at least three libraries."


def _mxnet() -> str:
    seen, count = judged.read()["mxnet"], len(mxnet.CALLS)
    versions = ", ".join(f"{name} {number}" for name, number in seen["versions"].items())
    wrong = f" {', '.join(seen['wrong'])} were not." if seen["wrong"] else ""
    own = count - len(seen["converted"]) - len(seen["wrong"])
    return (
        f"Of {count} plain calls of NumPy {count - len(seen['wrong'])} were right on "
        f"{seen['date']} ({versions}), {own} of them with an MXNet array; MXNet has not got, and "
        f"converts for: {', '.join(seen['converted'])}.{wrong}"
    )


def _row(program: Program) -> str:
    libraries = libraries_of(program.consumer)
    cells = [program.name.replace("_", " "), *(_cell(program, one) for one in libraries)]
    return "| " + " | ".join(cells) + " |"


def _cell(program: Program, library: str) -> str:
    subject = SUBJECTS[library]
    if known_gap(program, library):
        return "no"
    if library == "cupy" or program.consumer in judged.MORE:
        seen = judged.of(program, library)
        if seen is None:
            return "not judged"
        if not seen["right"]:
            return "no"
    if program.reads and "values" in subject.lacks:
        return "computes"
    return "asduck" if program.ducks else "yes"


def _reasons(programs: list[Program]) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for program in programs:
        for library in libraries_of(program.consumer):
            reason = known_gap(program, library)
            if reason is None:
                seen = judged.of(program, library) or {}
                reason = seen.get("raised")
            if reason:
                told.setdefault(f"{program.name.replace('_', ' ')}: {reason}", []).append(library)
    for reason, libraries in told.items():
        yield f"- {reason} ({', '.join(libraries)})."
    if told:
        yield ""


def _records(programs: list[Program]) -> Iterator[str]:
    """When, and with which versions, what the tests do not run everywhere was judged."""
    told: dict[str, None] = {}
    for program in programs:
        for library in libraries_of(program.consumer):
            seen = judged.of(program, library)
            if seen is not None:
                names = ", ".join(f"{name} {number}" for name, number in seen["versions"].items())
                where = f" on {seen['device']}" if "device" in seen else ""
                told[f"Judged on {seen['date']}{where}: {names}."] = None
    yield from told
    if told:
        yield ""
