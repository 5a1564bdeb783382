"""Why tests of NumPy's own end otherwise on a library's arrays, where no rule can tell."""

from __future__ import annotations

import re
from typing import NamedTuple


class Reason(NamedTuple):
    """Tests by a regular expression, of libraries by another, and what they say.

    Attributes
    ----------
    libraries, tests : str
    kind : {"own", "apart", "different"}
        See `peers.numpys_own.sorting.KINDS`.
    why : str
    """

    libraries: str
    tests: str
    kind: str
    why: str


REASONS: tuple[Reason, ...] = (
    Reason(
        ".*",
        r"::test_isin_(mixed_dtype\[table|errors)",
        "apart",
        "`kind='table'` asks NumPy for one way to do it, which NumPy refuses where the table were "
        "too large; here it is sorted, and the answer is the same.",
    ),
    Reason(
        ".*",
        r"TestFFT1D::test_s_(axes_none|contains_none)",
        "apart",
        "deprecations of NumPy's arguments are not repeated.",
    ),
    Reason(
        ".*",
        r"TestNanFunctions_\w+::test_(allnans|empty)"
        r"|TestIsclose::test_tol_warnings|TestFloatExceptions|TestSeterr::",
        "apart",
        "NumPy's warnings about values, and `numpy.errstate`, are NumPy's loops' own.",
    ),
    Reason(
        ".*",
        r"test_unique_axis_float_raises_typeerror|test_fftn_out_and_s_interaction"
        r"|TestHstack::test_generator|TestVstack::test_generator|TestConcatenate::test_exceptions"
        r"|test_einsum_errors|TestNanFunctions_ArgminArgmax::test_empty",
        "apart",
        "the same class of error, in other words.",
    ),
    Reason(
        ".*",
        r"TestEinsum::test_einsum_0d_out",
        "apart",
        "with `optimize='optimal'` NumPy writes floats into integers against the rule of "
        "`casting=`, by which we refuse it, as NumPy does without `optimize=`.",
    ),
    Reason(
        ".*",
        r"TestGeomspace::test_start_stop_array|_with_mean_keyword|TestEinsum::test_different_paths"
        r"|TestHistogramdd::test_simple",
        "own",
        "floats compared to the last bit, or made by an operator or a method of the library's "
        "(`x.repeat` of a tensor is `np.tile`, an integer tensor divided by a number is float32).",
    ),
    Reason(
        "torch|tensorflow",
        r"TestLinalg|Test(Eig|SVD|SVDHermitian|EighCases|EigvalshCases|Eigvals)::test_\w+_cases"
        r"|TestAverage::test_weights|TestUnique::test_simple|test_fft$",
        "own",
        "the test asks for the last digits of float64 where its arrays are float32: it reads "
        "NumPy's dtype from the result, or an operator of the library's made them.",
    ),
    Reason(
        "torch|tensorflow",
        r"test_ip_(all)?_?(is)?close|TestNonzero::test_(nonzero_zerodim|array_method)"
        r"|TestClip::test_out_of_bound_pyints|TestPutAlongAxis::test_invalid"
        r"|TestConcatenate::test_out_and_dtype|test_nonzero_invalid_object"
        r"|TestNonarrayArgs::test_reshape_copy_arg",
        "own",
        "an operator, a method or a dtype of the library's does something else: integers times a "
        "number are float32, `x.nonzero()` is a matrix, `x == [1, 2]` is no array, and there is "
        "no big-endian dtype and no view in another order.",
    ),
    Reason(
        "array_api_strict",
        r"TestNanToNum::test_complex_bad2|test_nonzero_invalid_object",
        "own",
        "the test divides complex numbers by an operator of the class, or makes an array of lists "
        "of different lengths.",
    ),
    Reason(
        "array_api_strict",
        "TestLstsq::test_rcond",
        "apart",
        "whether the rank of a singular matrix is 3 or 4 is decided by the last digit of a singular "
        "value, which another routine of LAPACK finds.",
    ),
    Reason(
        ".*",
        r"TestNonzero::test_count_nonzero_axis$",
        "apart",
        "an axis that is a matrix is an error of another class (AxisError, where NumPy has "
        "TypeError).",
    ),
    Reason(
        "torch|tensorflow|array_api_strict|jax",
        r"TestIsclose::test_nep50_isclose",
        "different",
        "beside an array of float32 NumPy takes a Python number for float32, and `np.isclose` "
        "here compares in double precision.",
    ),
    Reason(
        "torch",
        r"TestInsert::test_multidim|TestDelete::test_(fancy|single|slices)",
        "own",
        "`x.repeat` of a tensor is `np.tile`.",
    ),
    Reason(
        ".*",
        r"TestPercentile::test_scalar_q|TestNanFunctions_Percentile::test_scalar"
        r"|TestResize::test_subclass|TestMayShareMemory",
        "own",
        "a single number is an array without axes on these libraries, and no scalar of NumPy's.",
    ),
    Reason(
        "dask",
        r"TestRavelUnravelIndex::test_empty_array_ravel|TestCov::test_[fa]weights|test_unsigned_monotonicity|test_small_value_range"
        r"|TestNonzero|TestArgwhere|TestArrayComparisons|TestAllclose|TestIsclose",
        "apart",
        "what values decide is not known before a lazy array is computed: an error that comes "
        "then, or a bool and a length that are not there yet.",
    ),
    Reason(
        "dask",
        r"TestApplyAlongAxis::test_empty",
        "apart",
        "the function is tried on ones to learn the shape of its result, on no elements too.",
    ),
    Reason(
        "dask",
        r"TestDelete::test_slices",
        "own",
        "`d[slice(-6, -6, -3)]` is not empty: an index of Dask's (docs/upstream.md).",
    ),
)


def reason_for(library: str, test: str) -> Reason | None:
    """What is known of a test."""
    for reason in REASONS:
        if re.fullmatch(reason.libraries, library) and re.search(reason.tests, test):
            return reason
    return None
