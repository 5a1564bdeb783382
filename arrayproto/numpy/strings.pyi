# See __init__.pyi.
from numpy.strings import *
