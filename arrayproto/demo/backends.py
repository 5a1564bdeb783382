"""How the demonstration makes arrays of each library and reads them back.

A backend is opened in the worker process: the library is imported there and nowhere else.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..tools import watch
from .measure import Memory, process_memory, reset_peak

Results = dict[str, Any]


class NotAvailable(Exception):
    """A library, or the device that it needs, is not there; the message says so."""


class Backend:
    """NumPy itself, and the base of the others.

    Attributes
    ----------
    name : str
        What ``--library`` calls it.
    modules : tuple of str
        What it imports; the first one is the library.
    extra : str
        The extra of arrayproto that installs it.
    counts_numbers : bool
        Whether one number that is read counts as a copy to the host: there is a device to wait for.
    memory_of : str
        Whose memory `memory` tells.
    """

    name: ClassVar[str] = "numpy"
    modules: ClassVar[tuple[str, ...]] = ("numpy",)
    extra: ClassVar[str] = ""
    counts_numbers: ClassVar[bool] = False
    memory_of: ClassVar[str] = ""

    def __init__(self) -> None:
        self.module: Any = None

    def open(self, stack: contextlib.ExitStack) -> None:
        """Import the library and start what it needs, to be stopped with `stack`.

        Raises
        ------
        NotAvailable
            If something is not there.
        """
        roots = {module.partition(".")[0] for module in self.modules}
        try:
            self.module, *_ = map(importlib.import_module, self.modules)
        except ImportError as error:
            absent = isinstance(error, ModuleNotFoundError) and (error.name or "")
            if absent and absent.partition(".")[0] in roots:
                raise NotAvailable(
                    f"not installed: pip install 'arrayproto[{self.extra}]'"
                ) from error
            raise NotAvailable(f"cannot be imported: {_first_line(error)}") from error

    @property
    def version(self) -> str:
        """Of the library."""
        root = importlib.import_module(self.modules[0].partition(".")[0])
        return str(root.__version__)

    def array_classes(self) -> tuple[type, ...]:
        """The library's array classes."""
        return (np.ndarray,)

    def array(self, values: NDArray[Any]) -> Any:
        """An array of the library."""
        return values

    def finish(self, results: Results) -> Results:
        """Wait until all results are there, in the library's memory."""
        return results

    def to_numpy(self, result: Any) -> NDArray[Any]:
        """A result as a NumPy array, in the library's own words."""
        return np.asarray(result)

    @contextlib.contextmanager
    def watch(self, copied: Callable[[], None]) -> Iterator[None]:
        """Call `copied` for every copy to the host; the copy is made nevertheless."""
        counter = _Counter(copied, self.counts_numbers)
        watch.begin(counter)
        try:
            yield
        finally:
            watch.end(counter)

    def reset_memory(self) -> None:
        """Let the peak of `memory` start anew."""
        reset_peak()

    def memory(self) -> Memory:
        """Memory in use, where the arrays of this library are."""
        return process_memory()


class Sparse(Backend):
    """COO arrays."""

    name = "sparse"
    modules = ("sparse",)
    extra = "sparse"

    def array_classes(self) -> tuple[type, ...]:
        return (self.module.COO, self.module.GCXS, self.module.DOK)

    def array(self, values: NDArray[Any]) -> Any:
        return self.module.COO.from_numpy(values)

    def to_numpy(self, result: Any) -> NDArray[Any]:
        return np.asarray(result.todense())


class Dask(Backend):
    """Four blocks of rows, on the threads of this process."""

    name = "dask"
    modules: ClassVar[tuple[str, ...]] = ("dask.array",)
    extra = "dask"

    def array_classes(self) -> tuple[type, ...]:
        return (self.module.Array,)

    def array(self, values: NDArray[Any]) -> Any:
        return self.module.from_array(values, chunks=(-(-len(values) // 4), -1))

    def finish(self, results: Results) -> Results:
        """Compute all results at once; they stay the blocks of Dask arrays."""
        dask: Any = importlib.import_module("dask")
        return dict(zip(results, dask.persist(*results.values()), strict=True))

    def to_numpy(self, result: Any) -> NDArray[Any]:
        return np.asarray(result.compute())

    @contextlib.contextmanager
    def watch(self, copied: Callable[[], None]) -> Iterator[None]:
        """Every start of a computation counts, whoever starts it, and wherever it runs."""
        import dask
        import dask.threaded

        def scheduler(*args: Any, **kwargs: Any) -> Any:
            copied()
            return dask.threaded.get(*args, **kwargs)

        with dask.config.set(scheduler=scheduler):
            yield


class DaskCluster(Dask):
    """The same on a cluster of two processes."""

    name = "dask-cluster"
    modules = ("dask.array", "distributed")
    memory_of = "3 processes"

    def open(self, stack: contextlib.ExitStack) -> None:
        super().open(stack)
        self.distributed: Any = importlib.import_module("distributed")
        cluster = self.distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        )
        self.client = stack.enter_context(self.distributed.Client(stack.enter_context(cluster)))

    def finish(self, results: Results) -> Results:
        results = super().finish(results)
        self.distributed.wait(list(results.values()))
        return results

    def reset_memory(self) -> None:
        super().reset_memory()
        self.client.run(reset_peak)

    def memory(self) -> Memory:
        """Of the two workers and of this process, which is client and scheduler."""
        processes = [process_memory(), *self.client.run(process_memory).values()]
        return Memory(_total([m.now for m in processes]), _total([m.peak for m in processes]))


class Cupy(Backend):
    name = "cupy"
    modules = ("cupy",)
    extra = "cupy"
    counts_numbers = True
    memory_of = "GPU"

    def open(self, stack: contextlib.ExitStack) -> None:
        super().open(stack)
        try:
            devices = self.module.cuda.runtime.getDeviceCount()
        except Exception as error:  # of a class of CuPy's own
            raise NotAvailable(f"no CUDA device: {_first_line(error)}") from error
        if not devices:
            raise NotAvailable("no CUDA device: CuPy finds none")

    def array_classes(self) -> tuple[type, ...]:
        return (self.module.ndarray,)

    def array(self, values: NDArray[Any]) -> Any:
        return self.module.asarray(values)

    def finish(self, results: Results) -> Results:
        self.module.cuda.Device().synchronize()
        return results

    def to_numpy(self, result: Any) -> NDArray[Any]:
        return np.asarray(result.get())

    def reset_memory(self) -> None:
        self.module.get_default_memory_pool().free_all_blocks()

    def memory(self) -> Memory:
        """Of CuPy's pool on the device, which only grows while the program runs."""
        pool = self.module.get_default_memory_pool()
        return Memory(pool.used_bytes(), pool.total_bytes())


#: By name, in the order in which they are shown.
BACKENDS: dict[str, Callable[[], Backend]] = {
    backend.name: backend for backend in (Backend, Sparse, Dask, DaskCluster, Cupy)
}


def _total(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


class _Counter(watch.Watcher):
    """Tells of each way out of a library that is taken (see `arrayproto.ways_out`)."""

    def __init__(self, copied: Callable[[], None], numbers: bool) -> None:
        self.copied, self.numbers = copied, numbers

    def leaving(self, conversion: watch.Leaving) -> None:
        if self.numbers or conversion.kind != "number":
            self.copied()
