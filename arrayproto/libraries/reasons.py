"""Why a library has not got a function, and what to do instead.

Most functions that no array library has are missing for the reason of their family: they write
files, print, work on text. What is true of a family is one row here; a library whose own reason is
better has a row of its own, for the function or for the family (`Library.reasons`).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

from .unsupported import Unsupported


class Family:
    """Functions that are missing for one reason.

    Parameters
    ----------
    reason, instead : str
        As for `Unsupported`. ``{name}`` stands for the function, ``{module}`` for the library's
        module, ``{copy}`` for what copies an array x to the host, ``{back}`` for what makes an
        array of the library of an ndarray.
    names : str
        The functions, without ``numpy.``; what ends in an asterisk is the beginning of names.
    takes_arrays : bool
        False for functions that work on no array at all, so that NumPy's own serve everybody.
    """

    __slots__ = ("names", "row", "takes_arrays")

    def __init__(self, reason: str, instead: str, names: str, *, takes_arrays: bool = True) -> None:
        self.row, self.names, self.takes_arrays = (
            Unsupported(reason, instead),
            tuple(names.split()),
            takes_arrays,
        )


_NOBODY_IS_ASKED = "NumPy does not dispatch it, and would convert its arguments to ndarrays"

#: By name, the special before the general: the first family that has a function counts.
FAMILIES: dict[str, Family] = {
    # Functions of no array ---------------------------------------------------------------------
    "settings": Family(
        "it reads or changes a setting of NumPy's, and takes no array",
        "call NumPy's own: it holds for NumPy, and {module} keeps its own settings",
        "get_include get_printoptions getbufsize geterr geterrcall info printoptions "
        "set_printoptions setbufsize seterr seterrcall show_config show_runtime lib.add_docstring "
        "lib.add_newdoc polynomial.set_default_printstyle",
        takes_arrays=False,
    ),
    "dtypes": Family(
        "it takes dtypes, and no array",
        "call NumPy's own with x.dtype",
        "can_cast datetime_data isdtype issubdtype promote_types typename "
        "lib.recfunctions.flatten_descr lib.recfunctions.get_fieldstructure "
        "lib.recfunctions.get_names lib.recfunctions.get_names_flat",
        takes_arrays=False,
    ),
    "numbers and shapes": Family(
        "it takes numbers, shapes, names or Python objects, and no array",
        "call NumPy's own, with x.shape or x.ndim where it takes shapes",
        "base_repr binary_repr broadcast_shapes format_float_positional format_float_scientific "
        "frompyfunc isscalar lib.array_utils.normalize_axis_index "
        "lib.array_utils.normalize_axis_tuple polynomial.polyutils.format_float rec.find_duplicate",
        takes_arrays=False,
    ),
    "creation without like=": Family(
        "it makes an ndarray of numbers, and has no like= to say otherwise",
        "convert what it makes: {back}({name}(...))",
        "bartlett blackman hamming hanning kaiser indices diag_indices tril_indices triu_indices "
        "mask_indices fft.fftfreq fft.rfftfreq polynomial.chebyshev.chebinterpolate "
        "polynomial.chebyshev.chebpts1 polynomial.chebyshev.chebpts2 "
        "polynomial.polynomial.polyline polynomial.chebyshev.chebline "
        "polynomial.legendre.legline polynomial.laguerre.lagline polynomial.hermite.hermline "
        "polynomial.hermite_e.hermeline polynomial.chebyshev.chebgauss "
        "polynomial.legendre.leggauss polynomial.laguerre.laggauss polynomial.hermite.hermgauss "
        "polynomial.hermite_e.hermegauss",
        takes_arrays=False,
    ),
    # Random numbers ----------------------------------------------------------------------------
    "random permutations": Family(
        "NumPy's generator works on ndarrays in host memory, and asks nobody",
        "index with a permutation of the positions: x[np.random.permutation(len(x))]",
        "random.permutation random.shuffle random.choice",
    ),
    "random state": Family(
        "it sets up NumPy's generator in host memory, and takes no array",
        "call NumPy's own for NumPy's numbers; {module} has a generator of its own, if any",
        "random.seed random.get_state random.set_state random.default_rng random.bytes",
        takes_arrays=False,
    ),
    "random numbers": Family(
        "NumPy's generator draws into host memory, and asks nobody",
        "draw with {module}'s own generator, if it has one, or convert: {back}({name}(...))",
        "random.*",
        takes_arrays=False,
    ),
    # Files, text, dates ------------------------------------------------------------------------
    "writing files": Family(
        "it writes the memory of an ndarray to a file",
        "write with {module}'s own functions, or {name}(..., {copy})",
        "save savez savez_compressed savetxt",
    ),
    "reading files": Family(
        "it reads into an ndarray in host memory",
        "convert what was read: {back}({name}(...))",
        "load fromregex fromstring fromfile frombuffer fromiter genfromtxt loadtxt rec.fromfile "
        "rec.fromstring",
    ),
    "printing": Family(
        "it writes out the values of an ndarray",
        "print(x) shows what {module} shows of it, and {name}({copy}) the values",
        "array2string array_repr array_str",
    ),
    "text": Family(
        "it works on text, and {module} has arrays of numbers",
        "keep text in ndarrays, and encode it as numbers for {module}: np.unique(text, "
        "return_inverse=True)",
        "strings.* char.* isalnum isalpha isdecimal isdigit islower isnumeric isspace istitle "
        "isupper str_len",
    ),
    "business days": Family(
        "it counts in a calendar of days, which {module} has not got",
        "{name}({copy}): dates are 8 bytes each",
        "busday_count busday_offset is_busday datetime_as_string",
    ),
    "dates": Family(
        "it asks about dates, and {module} has arrays of numbers",
        "keep dates in ndarrays: {name}({copy})",
        "isnat",
    ),
    # Memory and layout -------------------------------------------------------------------------
    "writing in place": Family(
        "it writes into its argument, which {module} does not do from outside",
        "make a new array, with np.where(condition, values, x) for example, and assign it",
        "copyto fill_diagonal place put put_along_axis putmask",
    ),
    "memory": Family(
        "it asks about the block of memory of an ndarray, which arrays of {module} have not got",
        "compare the arrays' own parts, or leave the question out: no value depends on it",
        "may_share_memory shares_memory lib.array_utils.byte_bounds",
    ),
    "memory order": Family(
        "it is about strides and flags of an ndarray, which arrays of {module} have not got",
        "leave it out: x is used as it is; {name}({copy}) is for code that needs the memory",
        "ascontiguousarray asfortranarray require",
    ),
    "strides": Family(
        "it reads memory by strides, which arrays of {module} have not got",
        "slice and reshape, or np.lib.stride_tricks.sliding_window_view",
        "lib.stride_tricks.as_strided",
    ),
    "iteration": Family(
        "it iterates over the memory of ndarrays, element by element",
        "use functions of whole arrays, or iterate over {copy}",
        "nested_iters",
    ),
    "bits": Family(
        "it packs elements into bytes of host memory",
        "{name}({copy}): the result is an eighth of the size",
        "packbits unpackbits",
    ),
    "exchange": Family(
        "it makes an ndarray of another library's memory, which is what it is for",
        "{module} has a from_dlpack of its own, if it takes such memory",
        "from_dlpack",
    ),
    # Classes of NumPy's ------------------------------------------------------------------------
    "matrices": Family(
        "np.matrix is a class of ndarrays alone, which NumPy advises against",
        "arrays of two dimensions and the operator @ do the same; np.block for np.bmat",
        "asmatrix bmat",
    ),
    "records": Family(
        "it works on structured dtypes, and {module} has arrays of numbers",
        "keep an array for each field, in a dict for example",
        "rec.* lib.recfunctions.*",
    ),
    # Functions that NumPy asks nobody about ----------------------------------------------------
    "checks": Family(
        _NOBODY_IS_ASKED,
        "np.isfinite(x).all() tells the same",
        "asarray_chkfinite",
    ),
    "old names": Family(
        "NumPy has removed or deprecates it",
        "np.vstack, np.isin and np.trapezoid are its new names for row_stack, in1d and trapz",
        "row_stack in1d trapz",
    ),
    "series": Family(
        _NOBODY_IS_ASKED,
        "coefficients are few: {name} takes {copy}. np.polyval evaluates a power series, its "
        "highest coefficient first, at the values of an array",
        "polynomial.*",
    ),
}

#: Families whose functions work on no array of anybody.
WITHOUT_ARRAYS = frozenset(n for n, family in FAMILIES.items() if not family.takes_arrays)

#: For functions that are not NumPy's, of somebody who decorated them with our decorator.
NOT_NUMPYS = Unsupported(
    "it is not a public function of NumPy",
    "give it an implementation: subclass the library's mixin, and mark one with "
    "arrayproto.implements",
)

_DEFAULT = Unsupported(
    "{module} has no function {plain!r}, and it cannot be composed of those that it has yet",
    "{name} on {copy}, where that fits in memory",
)


@functools.cache
def family_of(name: str) -> str | None:
    """The family of a function by its name, without ``numpy.``; None if it is in none."""
    for family, entry in FAMILIES.items():
        for pattern in entry.names:
            if name == pattern or (pattern[-1] == "*" and name.startswith(pattern[:-1])):
                return family
    return None


def why(
    name: str,
    module: str,
    copy: str = "a NumPy array made of x",
    back: str = "",
    own: Mapping[str, Unsupported] = MappingProxyType({}),
) -> Unsupported:
    """Why a library has not got a function, where no row of its own says so.

    Parameters
    ----------
    name : str
        NumPy's name of the function, without ``numpy.``.
    module : str
        The library's module.
    copy, back : str
        What copies an array x of the library to the host, ``"x.todense()"``, and what makes one
        of an ndarray, ``"sparse.COO.from_numpy"``.
    own : mapping of str to Unsupported
        The library's own rows, for functions and families.

    Returns
    -------
    Unsupported
    """
    family = family_of(name)
    general = _DEFAULT if family is None else FAMILIES[family].row
    row = own.get(name) or own.get(family or "") or general
    texts = {
        # What numpy.char has alone is kept in a private place.
        "name": f"np.{name.replace('strings._', 'char.')}",
        "plain": name,
        "module": module,
        "copy": copy,
        "back": back or f"{module}.asarray",
    }
    return Unsupported(row.reason.format(**texts), row.instead.format(**texts))
