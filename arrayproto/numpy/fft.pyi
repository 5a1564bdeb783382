# See __init__.pyi.
from numpy.fft import *
