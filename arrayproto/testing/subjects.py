"""How to make a library's arrays, read them, and see them leave the library."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from ..ducks import write_out
from ..libraries import get_library, library_of_class
from ..tools import buffers
from ..tools.conversions import package_of
from ..ways_out import gives_buffers, ways_out
from .calls import Call


class WentThroughTheHostError(AssertionError):
    """A duck array became an ndarray, dense, or was computed."""


def _in_memory() -> str:
    return ""


def _cuda_of_cupy() -> str:
    properties = sys.modules["cupy"].cuda.runtime.getDeviceProperties(0)
    return str(properties["name"].decode())


def _never(call: Call) -> bool:
    return False


def _as_it_is() -> None:
    """The library is tested as it is when it has been imported."""


def _keeps_nothing() -> None:
    """The library has nothing to forget."""


def _in_64_bits() -> None:
    jax: Any = sys.modules["jax"]
    jax.config.update("jax_enable_x64", True)


class Subject(NamedTuple):
    """A library under test, in one way to make its arrays.

    Attributes
    ----------
    name : str
        ``"dask-grid"``: the library, and the way.
    library : str
        What `arrayproto.activate` knows it by.
    module : str
        What has to be imported.
    from_numpy, to_numpy : callable
        Make an array of it from an ndarray, and the reverse.
    classes : callable
        Returns the classes of its arrays.
    lacks : frozenset of str
        Tags of calls (see `arrayproto.testing.calls`) that make no sense for it.
    eager : bool
        Its own code may use the ways out (see `arrayproto.ways_out`), since its arrays are dense
        and in memory anyway, and single numbers are read by its own functions as well.
    by_class : bool
        `arrayproto.activate` is given its class, and knows nothing else of it.
    host_results : callable
        Says of a `Call` whether its results may be ndarrays, although they are of the library's
        arrays.
    prepare : callable
        Sets the library up once it is imported: it must be able to hold NumPy's dtypes.
    device : callable
        Returns what holds its arrays; "" for the memory of the host.
    forget : callable
        Has it free what it keeps of the calls so far, for one that compiles them.
    ways : callable, optional
        What `ways_out` gives, for a class that arrayproto knows nothing of.
    """

    name: str
    library: str
    module: str
    from_numpy: Callable[[np.ndarray], Any]
    to_numpy: Callable[[Any], Any]
    classes: Callable[[], tuple[type, ...]]
    lacks: frozenset[str] = frozenset()
    eager: bool = False
    by_class: bool = False
    host_results: Callable[[Call], bool] = _never
    prepare: Callable[[], None] = _as_it_is
    device: Callable[[], str] = _in_memory
    forget: Callable[[], None] = _keeps_nothing
    ways: Callable[[], Iterator[tuple[Any, str]]] | None = None

    @property
    def named(self) -> str | type:
        """What `arrayproto.activate` is given."""
        return self.classes()[0] if self.by_class else self.library

    def ways_out(self) -> Iterator[tuple[Any, str]]:
        """Pairs of a holder and the name of what turns its arrays into ndarrays."""
        if self.ways is not None:
            yield from self.ways()
            return
        library = (
            library_of_class(self.classes()[0]) if self.by_class else get_library(self.library)
        )
        for found in ways_out(library):
            # Whatever shows an array, a failing test among others, must be able to.
            if found.kind != "text" and not (self.eager and found.kind == "number"):
                yield found.holder, found.name

    def slots(self) -> list[type]:
        """Classes whose memory C code may read."""
        if self.ways is not None or self.by_class or not gives_buffers(get_library(self.library)):
            return []
        return [slot for cls in self.classes() for slot in buffers.slots_of(cls)]

    def load(self) -> Any:
        """Import it."""
        module = importlib.import_module(self.module)
        self.prepare()
        return module

    def available(self) -> bool:
        """Whether it can be imported, and holds arrays here."""
        if importlib.util.find_spec(self.module.partition(".")[0]) is None:
            return False
        self.load()
        try:
            self.from_numpy(np.zeros(1))
        except Exception:  # CuPy's own class of error where there is no device
            return False
        return True

    def is_array(self, value: Any) -> bool:
        return isinstance(value, self.classes())


def _dask_rows(array: np.ndarray) -> Any:
    chunks = (max(1, (array.shape[0] + 1) // 2), *array.shape[1:]) if array.ndim else ()
    return sys.modules["dask.array"].from_array(array, chunks=chunks)


def _dask_grid(array: np.ndarray) -> Any:
    # More than one chunk in each axis, and uneven: an implementation for one chunk fails.
    chunks = tuple(max(1, (n + 1) // 2) for n in array.shape)
    return sys.modules["dask.array"].from_array(array, chunks=chunks)


#: sparse's arrays cannot be indexed with its own arrays, but with ndarrays of positions.
_POSITIONS = frozenset(
    {
        "argwhere",
        "diag_indices_from",
        "flatnonzero",
        "ix_",
        "nonzero",
        "tril_indices_from",
        "triu_indices_from",
        "unravel_index",
    }
)
#: sparse has these functions itself, and they give ndarrays: programs that count on it are there.
_ITS_OWN = frozenset({"unique_counts", "unique_values"})
#: The product with an ndarray is dense, and an ndarray as sparse itself has it.
_PRODUCTS = frozenset(
    {
        "dot",
        "linalg.matmul",
        "linalg.multi_dot",
        "linalg.tensordot",
        "matmul",
        "matvec",
        "tensordot",
        "vecmat",
    }
)


def _host_results_of_sparse(call: Call) -> bool:
    name = call.public_api
    return (
        name in _POSITIONS | _ITS_OWN
        or (name == "where" and "," not in call.expression)
        or (name in _PRODUCTS and "host." in call.expression)
        # As dense as where it is asked for, which is no array of sparse.
        or call.expression.startswith(("np.interp(host.", "np.interp(["))
    )


def _tensorflow_tensor(array: np.ndarray) -> Any:
    if array.dtype.kind not in "biufc":  # text would be a tensor, and not one of numbers
        raise TypeError(f"no tensor of {array.dtype}")
    return sys.modules["tensorflow"].constant(array)


def _box(array: np.ndarray) -> Any:
    """As autograd makes one of an argument, with a tape of its own that is never played."""
    core: Any = sys.modules["autograd.core"]
    boxes: Any = sys.modules["autograd.numpy.numpy_boxes"]
    if array.dtype == bool:
        return array.copy()  # answers to questions have no derivatives, and are never in boxes
    if array.dtype.kind not in "iufc":
        raise TypeError(f"autograd has no derivatives with respect to {array.dtype}")
    return boxes.ArrayBox(array.copy(), 0, core.VJPNode.new_root())


def _mlx_array(array: np.ndarray) -> Any:
    mx: Any = sys.modules["mlx.core"]
    if array.dtype.kind not in "biuf":
        raise TypeError(f"MLX on a CPU has no {array.dtype}")
    return mx.array(array, dtype=mx.float64 if array.dtype == float else None)


def _may_be_constant(call: Call) -> bool:
    # What has no derivative is no box; where there is one, tests/test_autograd.py asks for it.
    return True


def _dask_values(value: Any) -> Any:
    computed = value.compute(scheduler="sync")
    if isinstance(computed, type(value)):  # ndarray's constructor would ask it, and so on for ever
        raise TypeError("computed, it is a Dask array again")
    computed = np.asarray(computed)
    # What it said of itself before is what the next function believes.
    if value.dtype != computed.dtype:
        raise TypeError(f"its dtype is said to be {value.dtype}, and is {computed.dtype}")
    known = [n for n in value.shape if n == n]  # NaN where a size is not known
    if value.ndim != computed.ndim or (len(known) == value.ndim and value.shape != computed.shape):
        raise TypeError(f"its shape is said to be {value.shape}, and is {computed.shape}")
    return computed


_NOT_NUMERIC = frozenset({"text", "dates", "objects", "records", "files", "memory"})

SUBJECTS: dict[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject(
            "sparse",
            "sparse",
            "sparse",
            lambda array: sys.modules["sparse"].COO.from_numpy(array),
            lambda value: value.todense(),
            lambda: (sys.modules["sparse"].SparseArray,),
            _NOT_NUMERIC | {"writes", "dense"},
            host_results=_host_results_of_sparse,
        ),
        *(
            Subject(
                name,
                "dask",
                "dask.array",
                make,
                _dask_values,
                lambda: (sys.modules["dask.array"].Array,),
                _NOT_NUMERIC | {"values"},
            )
            for name, make in (("dask", _dask_grid), ("dask-rows", _dask_rows))
        ),
        Subject(
            "jax",
            "jax",
            "jax.numpy",
            lambda array: sys.modules["jax.numpy"].asarray(array),
            np.asarray,
            lambda: (sys.modules["jax"].Array,),
            _NOT_NUMERIC | {"writes"},
            eager=True,
            prepare=_in_64_bits,
            forget=lambda: sys.modules["jax"].clear_caches(),
        ),
        Subject(
            "torch",
            "torch",
            "torch",
            lambda array: sys.modules["torch"].from_numpy(array.copy()),
            lambda value: value.detach().cpu().numpy(),
            lambda: (sys.modules["torch"].Tensor,),
            _NOT_NUMERIC,
            eager=True,
        ),
        Subject(
            # What leaves a CUDA device unasked raises by itself.
            "torch-cuda",
            "torch",
            "torch",
            lambda array: sys.modules["torch"].from_numpy(array.copy()).cuda(),
            lambda value: value.detach().cpu().numpy(),
            lambda: (sys.modules["torch"].Tensor,),
            _NOT_NUMERIC,
            eager=True,
            device=lambda: str(sys.modules["torch"].cuda.get_device_name()),
        ),
        Subject(
            "tensorflow",
            "tensorflow",
            "tensorflow",
            _tensorflow_tensor,
            np.asarray,
            lambda: (sys.modules["tensorflow"].Tensor,),
            # Operators and methods are TensorFlow's, which has no x.T and promotes nothing.
            _NOT_NUMERIC | {"writes", "methods"},
            eager=True,
        ),
        Subject(
            "autograd",
            "autograd",
            "autograd.numpy",
            _box,
            lambda value: np.asarray(sys.modules["autograd.tracer"].getval(value)),
            lambda: (sys.modules["autograd.numpy.numpy_boxes"].ArrayBox,),
            _NOT_NUMERIC | {"writes"},
            eager=True,
            host_results=_may_be_constant,
        ),
        Subject(
            "mlx",
            "mlx",
            "mlx.core",
            _mlx_array,
            np.asarray,
            lambda: (sys.modules["mlx.core"].array,),
            _NOT_NUMERIC | {"methods", "halves", "complexes"},
            eager=True,
        ),
        Subject(
            # Has nothing but what the standard says, and raises where more is wanted.
            "array-api-strict",
            "array_api_strict",
            "array_api_strict",
            lambda array: sys.modules["array_api_strict"].asarray(array),
            lambda value: np.from_dlpack(value),
            lambda: (type(sys.modules["array_api_strict"].zeros(())),),
            _NOT_NUMERIC | {"methods", "halves"},
            eager=True,
            by_class=True,
        ),
        Subject(
            "cupy",
            "cupy",
            "cupy",
            lambda array: sys.modules["cupy"].asarray(array),
            lambda value: value.get(),
            lambda: (sys.modules["cupy"].ndarray,),
            _NOT_NUMERIC,
            eager=True,
            device=_cuda_of_cupy,
        ),
    )
}


def _refusal(what: str, original: Callable[..., Any] | None = None) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        # sparse takes the number out of a 0-d array in this way.
        if original is not None and getattr(args[0], "ndim", None) == 0:
            return original(*args, **kwargs)
        raise WentThroughTheHostError(f"{what} was called")

    return refuse


def _refusal_but_for(root: str, what: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """As `_refusal`; what the library's own code does with its arrays is its business.

    So is how it makes one number of an array of one element: CuPy's code for that, which has no
    frame, copies the element.
    """

    def refuse(*args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if caller.partition(".")[0] == root or _is_one_element_of_cupy(*args[:1]):
            return original(*args, **kwargs)
        raise WentThroughTheHostError(f"{what} was called")

    return refuse


def _is_one_element_of_cupy(array: Any = None) -> bool:
    return type(array).__module__.partition(".")[0] == "cupy" and array.size == 1


#: How many modules there were when the ways out were looked for, and what was found: attributes,
#: and classes whose memory C code may read.
_known: tuple[int, list[tuple[Any, str, Subject]], dict[type, Subject]] = (0, [], {})
_INHERITED = object()


def _ways_of_all(stranger: Subject | None, but_for: str) -> Iterator[tuple[Any, str, Subject]]:
    """The ways out of all that the program has imported, each once; a later import adds to them."""
    _look()
    ways = list(_known[1])
    if stranger is not None and stranger.ways is not None:
        ways += [(*way, stranger) for way in stranger.ways_out()]
    seen: set[tuple[int, str]] = set()
    for holder, name, subject in ways:
        if subject.library != but_for and (id(holder), name) not in seen:
            seen.add((id(holder), name))
            yield holder, name, subject


def _look() -> None:
    global _known
    if _known[0] != len(sys.modules):
        loaded = [s for s in SUBJECTS.values() if s.module in sys.modules]
        ways = [(*way, s) for s in loaded for way in s.ways_out()]
        _known = (len(sys.modules), ways, {cls: s for s in loaded for cls in s.slots()})


def _slots_of_all(but_for: str) -> dict[type, Subject]:
    """The classes of all that the program has imported whose memory C code may read."""
    _look()
    return {cls: subject for cls, subject in _known[2].items() if subject.library != but_for}


def _refusing_buffers(of: dict[type, Subject]) -> buffers.Observer:
    """As `_refusal_but_for`, of what C code reads without calling a method.

    Who gives an ndarray as ``out=`` has asked for a copy by name.
    """

    def refuse(array: Any, flags: int, frame: FrameType | None, take: buffers.Take) -> int:
        subject = of.get(type(array))
        if subject is None or package_of(frame) == subject.module.partition(".")[0]:
            return take()
        if frame is not None and frame.f_code is write_out.__code__:
            return take()
        raise WentThroughTheHostError(f"the buffer of {type(array).__name__} was taken")

    return refuse


def _put_back(replaced: list[tuple[Any, str, Any]]) -> None:
    for holder, name, own in reversed(replaced):
        if own is _INHERITED:
            delattr(holder, name)
        else:
            setattr(holder, name, own)


@contextlib.contextmanager
def staying_on_the_library(stranger: Subject | None = None, *, but_for: str = "") -> Iterator[None]:
    """Every known way from a duck array to an ndarray raises `WentThroughTheHostError` here.

    This holds for all subjects that the program has imported, and for one that has `ways` of its
    own; not for those of the library `but_for`: where Dask is the consumer, it computes.
    """
    replaced: list[tuple[Any, str, Any]] = []
    with contextlib.ExitStack() as stack:
        stack.callback(_put_back, replaced)
        for holder, name, subject in _ways_of_all(stranger, but_for):
            what, original = f"{getattr(holder, '__name__', holder)}.{name}", getattr(holder, name)
            if subject.eager:
                refuse = _refusal_but_for(subject.module.partition(".")[0], what, original)
            else:
                refuse = _refusal(what, original if name == "todense" else None)
            own = vars(holder).get(name, _INHERITED)
            setattr(holder, name, refuse)
            replaced.append((holder, name, own))
        if exporters := _slots_of_all(but_for):
            stack.enter_context(buffers.asking(_refusing_buffers(exporters), exporters))
        if "dask" in sys.modules and but_for != "dask":
            # Whatever computes, by whatever name, asks the scheduler.
            config = sys.modules["dask"].config
            stack.enter_context(config.set(scheduler=_refusal("a Dask scheduler")))
        yield
