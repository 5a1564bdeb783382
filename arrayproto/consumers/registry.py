"""The consumers that are known, and those that other distributions describe."""

from __future__ import annotations

import functools
import warnings

from ..errors import ArrayProtoWarning
from .autograd import autograd
from .consumer import Consumer
from .dask import dask
from .einops import einops
from .mxnet import mxnet
from .opt_einsum import opt_einsum
from .scipy import scipy
from .sklearn import sklearn
from .tangent import tangent
from .tensorly import tensorly
from .xarray import xarray

GROUP = "arrayproto.consumers"

#: By name.
CONSUMERS: dict[str, Consumer] = {
    consumer.name: consumer
    for consumer in (
        autograd,
        dask,
        einops,
        mxnet,
        opt_einsum,
        scipy,
        sklearn,
        tangent,
        tensorly,
        xarray,
    )
}


def find_consumers(package: str) -> list[Consumer]:
    """What is known of a package, or of packages that it is a part of or that are parts of it."""
    root = package.partition(".")[0]
    found = []
    for name in dict.fromkeys([*CONSUMERS, *_shipped(root)]):
        if f"{name}.".startswith(f"{package}.") or f"{package}.".startswith(f"{name}."):
            consumer = CONSUMERS.get(name) or _shipped(root).get(name)
            if consumer is not None:
                found.append(consumer)
    return found


@functools.cache
def _shipped(root: str) -> dict[str, Consumer]:
    """What installed distributions say of a top-level package, and we do not."""
    from importlib.metadata import entry_points

    found = {}
    for entry_point in entry_points(group=GROUP):
        if entry_point.name.partition(".")[0] != root or entry_point.name in CONSUMERS:
            continue
        distribution = getattr(entry_point.dist, "name", None) or "an unnamed distribution"
        told = f"the consumer {entry_point.value!r} for {entry_point.name!r}, of {distribution}"
        try:
            consumer = entry_point.load()
        except (ImportError, AttributeError) as error:
            warnings.warn(f"{told}, does not load: {error}", ArrayProtoWarning, stacklevel=2)
            continue
        if not isinstance(consumer, Consumer):
            warnings.warn(
                f"{told}, is {consumer!r}, which is no arrayproto.consumers.Consumer",
                ArrayProtoWarning,
                stacklevel=2,
            )
            continue
        found[entry_point.name] = consumer
    return found
