"""A function of one's own that other people's arrays can override, as NumPy's can be.

python examples/decorate.py
"""

import numpy as np

from arrayproto import ArrayFunctionMixin, array_function_dispatch


def _moving_average_dispatcher(x, window=None):
    return (x,)


@array_function_dispatch(_moving_average_dispatcher, module="mylibrary")
def moving_average(x, window=3):
    """Average of each element and those before it, for whatever NumPy takes for an array."""
    return np.convolve(x, np.ones(window) / window, mode="valid")


class Constant(ArrayFunctionMixin):
    """The same number, many times."""

    def __init__(self, value, size):
        self.value, self.size = value, size


@Constant.implements(moving_average)
def _(x, window=3):
    return Constant(x.value, x.size - window + 1)


print(moving_average([1.0, 2.0, 3.0, 4.0]))
result = moving_average(Constant(7.0, 1000), window=10)
print(type(result).__name__, result.value, result.size)


class Stranger(ArrayFunctionMixin):
    """Knows the protocol, but not this function."""


try:
    moving_average(Stranger())
except TypeError as error:
    print(error)
