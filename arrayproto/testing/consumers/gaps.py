"""What programs of consumers cannot be run on, and why."""

from __future__ import annotations

from .program import Program, libraries_of

_CHOSEN = (
    "what a mask chooses is written to, and how much that is depends on values not computed yet"
)

_COMPUTE = "how many values a mask chooses is unknown before the array is computed; compute first"

#: (consumer, program, subject) to the reason why it cannot be.
GAPS: dict[tuple[str, str, str], str] = {
    ("scipy", "signal_lfilter", library): "the filter is compiled code, which reads the memory of "
    'NumPy arrays; `fallback="convert"` copies to NumPy and back, with a warning'
    for library in libraries_of("scipy")
} | {
    ("scipy", "signal_linear_detrend", "sparse"): "the line is fitted by the singular value "
    "decomposition of a matrix, which is dense",
    ("skimage", "hsv", "dask"): _CHOSEN,
    ("skimage", "xyz_and_lab", "dask"): _CHOSEN,
    ("sklearn", "d2_scores", "dask"): f"{_COMPUTE}: `d2_pinball_score(*dask.compute(x, y))`",
    (
        "sklearn",
        "classification_report",
        "dask",
    ): f"{_COMPUTE}, with `dask.compute`, or ask for `precision_recall_fscore_support`, which runs",
    ("sklearn", "normalized_gain", "dask"): f"{_COMPUTE}: `ndcg_score(*dask.compute(x, y))`",
}


def known_gap(program: Program, subject: str) -> str | None:
    """The reason why a program is known not to run on a subject, or None."""
    return GAPS.get((program.consumer, program.name, subject))
