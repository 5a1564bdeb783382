# See __init__.pyi.
from numpy.char import *
