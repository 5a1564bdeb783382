"""PyTorch (https://pytorch.org): tensors, on any device, differentiable.

A tensor has an API of its own, near NumPy's and different in promotion, axes and indexing. The
core (see `arrayproto.derived.core`) is that of the Array API standard, which array-api-compat
levels; all of NumPy is derived from it, so that gradients flow and nothing leaves the device.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .array_api import NEAREST, Dtypes, standard_core
from .library import Library
from .shared import ON_HOST, on_host


def _namespace() -> Any:
    return importlib.import_module("array_api_compat.torch")


def _getitem(a: Any, key: Any) -> Any:
    """PyTorch has no negative steps."""
    keys = key if isinstance(key, tuple) else (key,)
    if not any(isinstance(k, slice) and k.step is not None and k.step < 0 for k in keys):
        return a[key]
    flipped, forward, axis = [], [], 0
    given = sum(k is not None and k is not Ellipsis for k in keys)
    for k in keys:
        if k is Ellipsis:
            axis += a.ndim - given
        elif isinstance(k, slice):
            if k.step is not None and k.step < 0:
                length = a.shape[axis]
                start, stop, step = k.indices(length)
                flipped.append(axis)
                k = slice(length - 1 - start, max(length - 1 - stop, 0), -step)
            axis += 1
        elif k is not None:
            axis += 1
        forward.append(k)
    if a.dtype in _signed():  # PyTorch does not flip these
        return a.view(_signed()[a.dtype]).flip(flipped)[tuple(forward)].view(a.dtype)
    return a.flip(flipped)[tuple(forward)]


@functools.cache
def _signed() -> Mapping[Any, Any]:
    torch = importlib.import_module("torch")
    return {
        getattr(torch, f"u{name}"): getattr(torch, name) for name in ("int16", "int32", "int64")
    }


def _setitem(a: Any, key: Any, value: Any) -> None:
    """Nor there: what is written is turned instead."""
    keys = key if isinstance(key, tuple) else (key,)
    if not any(isinstance(k, slice) and k.step is not None and k.step < 0 for k in keys):
        a[key] = value
        return
    forward: list[Any] = []
    flipped, axis, place = [], 0, 0  # axes of `a`, and of what is written to
    given = sum(k is not None and k is not Ellipsis for k in keys)
    for k in keys:
        if k is Ellipsis:
            axis, place = axis + a.ndim - given, place + a.ndim - given
        elif isinstance(k, slice):
            chosen = range(*k.indices(a.shape[axis]))
            if chosen.step < 0:
                flipped.append(place)
                k = slice(chosen[-1], chosen[0] + 1, -chosen.step) if chosen else slice(0, 0)
            axis, place = axis + 1, place + 1
        elif k is None:
            place += 1
        else:
            axis += 1
        forward.append(k)
    target = a[tuple(forward)]
    target.copy_(value.broadcast_to(target.shape).flip(flipped))


#: Where the tensors of the call are, so that what NumPy's functions make is there too.
_device: ContextVar[Any] = ContextVar("device", default=None)


def _meet(a: Any) -> None:
    _device.set(a.device)


def _asarray(namespace: Any) -> Callable[..., Any]:
    cpu = namespace.device("cpu")

    def asarray(a: np.ndarray) -> Any:
        """On the device of the call; on the CPU it shares memory with `a` where PyTorch can."""
        device = _device.get()
        made = on_the_cpu(a)
        return made if device is None or device == cpu else made.to(device)

    def on_the_cpu(a: np.ndarray) -> Any:
        if a.dtype.name in NEAREST and a.dtype.name != "float16":
            a = a.astype(NEAREST[a.dtype.name])
        elif not a.dtype.isnative:
            a = a.astype(a.dtype.newbyteorder("="))
        if a.dtype.char == "Q":  # C's long long, where its long is as long: PyTorch asks by letter
            a = a.view(np.uint64)
        if not a.flags.writeable or any(step < 0 for step in a.strides):
            a = a.copy()
        return namespace.from_numpy(a) if a.ndim else namespace.asarray(a)

    return asarray


def _fill(namespace: Any) -> Callable[..., Any]:
    def fill(out: np.ndarray, a: Any) -> None:
        """Write a tensor's values to an ndarray, which the caller gave for that."""
        if a.requires_grad:
            raise UnsupportedArgumentError(
                "the result requires grad, and an ndarray keeps no graph: writing to it would "
                "detach the result. Give out= a tensor, or write a = a + x for a += x"
            )
        if not out.flags.writeable:
            raise ValueError("output array is read-only")
        whole = np.empty(out.shape, out.dtype)
        namespace.from_numpy(whole).copy_(a)
        out[...] = whole

    return fill


def _fresh(result: Any, arrays: list[Any]) -> Any:
    """The result, or a copy of it if a write to it would be one to something else."""
    storage = result.untyped_storage()
    start = storage.data_ptr()
    shared = result.numel() * result.element_size() > storage.nbytes()  # expanded
    for a in arrays:
        if isinstance(a, np.ndarray):
            low, high = np.lib.array_utils.byte_bounds(a)
            shared |= low <= start < high
        elif a.untyped_storage().data_ptr() == start != 0:
            shared = True
    return result.clone() if shared else result


def _through(dtype: Any, unsigned: frozenset[Any], function: Callable[..., Any]) -> Any:
    """A function that PyTorch has not got for the longer unsigned integers: in `dtype`."""

    def call(a: Any, *rest: Any) -> Any:
        own = a.dtype
        if own not in unsigned:
            return function(a, *rest)
        rest = tuple(x.to(dtype) if getattr(x, "dtype", None) is own else x for x in rest)
        result = function(a.to(dtype), *rest)
        return result.to(own) if getattr(result, "dtype", None) is dtype else result

    return call


def _linalg(torch: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except torch.linalg.LinAlgError as error:
            raise np.linalg.LinAlgError(str(error)) from error
        except RuntimeError as error:
            if "infs or NaNs" in str(error):
                raise np.linalg.LinAlgError(str(error)) from error
            raise

    return call


#: What PyTorch has for the longer unsigned integers as it is.
_FOR_UNSIGNED = frozenset(
    """
    getitem setitem asarray astype reshape transpose broadcast_to concatenate where equal
    real imag sum prod cumsum cumprod searchsorted fill fresh
    """.split()  # noqa: SIM905
)
#: What the order of numbers decides, that is, the sign of the longest as PyTorch sees them.
_BY_ORDER = frozenset({"argsort", "less", "max", "min", "searchsorted"})


def _matmul(torch: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """CUDA has no products of matrices of integers."""

    def matmul(x1: Any, x2: Any) -> Any:
        if x1.device.type != "cuda" or x1.dtype.is_floating_point or x1.dtype.is_complex:
            return function(x1, x2)
        rows = x1[None, :] if x1.ndim == 1 else x1
        columns = x2[:, None] if x2.ndim == 1 else x2
        shape = torch.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
        result = torch.zeros(
            (*shape, rows.shape[-2], columns.shape[-1]), dtype=x1.dtype, device=x1.device
        )
        for i in range(rows.shape[-1]):  # no more memory than the result has
            result += rows[..., :, i, None] * columns[..., None, i, :]
        result = result[..., 0] if x2.ndim == 1 else result
        return result if x1.ndim > 1 else result[..., 0, :] if x2.ndim > 1 else result[..., 0]

    return matmul


def _core(torch: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    core = dict(standard_core(_namespace(), dtypes))
    int64, least = torch.int64, torch.iinfo(torch.int64).min
    unsigned = frozenset({torch.uint16, torch.uint32, torch.uint64})

    def whole_numbers(name: str) -> Callable[..., Any]:
        function = core[name]

        def call(x1: Any, x2: Any) -> Any:
            if x1.dtype.is_floating_point:
                return function(x1, x2)
            # NumPy's quotient of integers by zero is zero.
            zero = x2 == 0
            return torch.where(zero, 0, function(x1, torch.where(zero, 1, x2)))

        return call

    power = core["power"]

    def whole_power(x1: Any, x2: Any) -> Any:
        if not (x2.dtype.is_floating_point or x2.dtype.is_complex or x2.dtype in unsigned):
            if x1.numel() and x2.device.type != "meta" and bool((x2 < 0).any()):
                raise ValueError("Integers to negative integer powers are not allowed.")
        if x2.dtype.is_complex:  # of zero and zero, PyTorch's is NaN; so it stays with derivatives
            x1 = torch.where((x1 == 0) & (x2 == 0), 1, x1)
        return power(x1, x2)

    def shift(function: Callable[..., Any]) -> Callable[..., Any]:
        """Shifts by more than there are bits are defined."""
        right = function is torch.bitwise_right_shift

        def call(x1: Any, x2: Any) -> Any:
            bits = 8 * x1.dtype.itemsize
            if x1.dtype in unsigned:
                wide = x1.to(int64)
                if right and x1.dtype is torch.uint64:  # the sign is a bit like others
                    wide = torch.where(x2.to(int64) > 0, (wide >> 1) & ~least, wide)
                    x2 = x2.to(int64) - (x2.to(int64) > 0).to(int64)
                    bits -= 1
                result = function(wide, x2.to(int64).clamp(0, 63))
                gone = (x2.to(int64) >= bits) | (x2.to(int64) < 0)
                return torch.where(gone, 0, result).to(x1.dtype)
            gone = (x2 >= bits) | (x2 < 0)
            if right:
                return function(x1, torch.where(gone, bits - 1, x2))
            return torch.where(gone, 0, function(x1, torch.where(gone, 0, x2)))

        return call

    def ordered(function: Callable[..., Any], keeps: bool) -> Callable[..., Any]:
        def call(a: Any, *rest: Any) -> Any:
            if a.dtype is not torch.uint64:
                return function(a, *rest)
            rest = tuple(
                x.to(int64) ^ least if getattr(x, "dtype", None) is a.dtype else x for x in rest
            )
            result = function(a.to(int64) ^ least, *rest)
            return (result ^ least).to(torch.uint64) if keeps else result

        return call

    def total(name: str) -> Callable[..., Any]:
        function = core[name]

        def call(a: Any, axis: Any, dtype: Any) -> Any:
            own = dtypes.from_numpy(dtype)
            if own in unsigned:  # modulo 2**64 they are the same
                return function(a.to(int64), axis, np.dtype(np.int64)).to(own)
            return function(a, axis, dtype)

        return call

    def fft(a: Any, axis: int) -> Any:
        return torch.fft.fft(a, dim=axis) if a.numel() else a

    def searchsorted(a: Any, v: Any, side: str) -> Any:
        a, v = (x.detach().contiguous() for x in (a, v))  # places have no gradient
        if a.dtype is torch.float16 or a.dtype in unsigned:
            wide = torch.float32 if a.dtype is torch.float16 else int64
            a, v = a.to(wide), v.to(wide)
        return torch.searchsorted(a, v, side=side)

    for name in ("sum", "prod", "cumsum", "cumprod"):
        core[name] = total(name)
    for name in ("left_shift", "right_shift"):
        core[name] = shift(getattr(torch, f"bitwise_{name}"))
    for name in ("floor_divide", "remainder"):
        core[name] = whole_numbers(name)
    for name, function in core.items():
        if name.startswith("linalg."):
            core[name] = _linalg(torch, function)
    core["fft.fft"], core["power"] = fft, whole_power
    core["conjugate"] = torch.conj_physical
    core["take"] = lambda a, indices, axis: torch.index_select(a, axis, indices)
    core["searchsorted"] = searchsorted
    for name in core.keys() - _FOR_UNSIGNED - {"left_shift", "right_shift"}:
        core[name] = _through(int64, unsigned, core[name])
    for name in _BY_ORDER:
        core[name] = ordered(core[name], name in ("min", "max"))
    return core | {
        "getitem": _getitem,
        "setitem": _setitem,
        "asarray": _asarray(torch),
        "meet": _meet,
        "matmul": _matmul(torch, core["matmul"]),
        "fill": _fill(torch),
        "fresh": _fresh,
    }


def _shortcuts(torch: Any) -> Mapping[str, Callable[..., Any]]:
    from .torch_shortcuts import shortcuts

    return shortcuts(torch)


torch: Library = Library(
    name="torch",
    module="torch",
    array_class="Tensor",
    guest=True,
    parts=("functorch",),
    dtypes=Dtypes,
    core=_core,
    shortcuts=_shortcuts,
    differences={name: on_host(name) for name in ON_HOST},
    reflects=(np.generic,),
    to_host="cpu().numpy",  # which raises where a gradient would be lost
    advice="Call x.detach().cpu().numpy() where a NumPy array in host memory is what you want.",
)
