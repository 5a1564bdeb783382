# See __init__.pyi.
from numpy.random import *
