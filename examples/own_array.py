"""An array class of one's own: a diagonal matrix that never stores its zeros.

python examples/own_array.py
"""

import numpy as np

from arrayproto import ArrayFunctionMixin, implements


class Diagonal(ArrayFunctionMixin):
    """A square matrix of which only the diagonal is not zero."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.shape = (len(self.values),) * 2

    def __repr__(self):
        return f"Diagonal({self.values.tolist()})"

    def __array__(self, dtype=None, copy=None):
        raise TypeError("a Diagonal is not turned into an ndarray without a word")

    @implements(np.add)
    def add(self, other):
        # Plain ndarrays come here too: say which combinations have an answer.
        if isinstance(self, Diagonal) and isinstance(other, Diagonal):
            return Diagonal(self.values + other.values)
        return NotImplemented

    @implements(np.multiply)
    def multiply(self, other):
        if isinstance(self, Diagonal):
            self, other = other, self
        if np.ndim(self) == 0:
            return Diagonal(self * other.values)
        return NotImplemented

    @implements(np.matmul, np.dot)
    def matmul(self, other):
        if isinstance(self, Diagonal) and isinstance(other, Diagonal):
            return Diagonal(self.values * other.values)
        if isinstance(self, Diagonal):
            return (self.values * other.T).T
        return self * other.values

    @implements(np.trace)
    def trace(self):
        return self.values.sum()

    @implements(np.linalg.inv)
    def inv(self):
        return Diagonal(1 / self.values)


d = Diagonal([1.0, 2.0, 4.0])
print(np.trace(d), np.linalg.inv(d), 2 * d + d, d @ d, sep="\n")
print(np.dot(d, np.ones((3, 2))))
try:
    np.linalg.eigvalsh(d)
except TypeError as error:
    print(error)
