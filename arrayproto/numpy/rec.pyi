# See __init__.pyi.
from numpy.rec import *
