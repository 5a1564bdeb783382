# See __init__.pyi.
from numpy.linalg import *
