"""A badge: a small SVG that says how much of NumPy an array class has."""

from __future__ import annotations

import html

#: From this share of the functions on, the colour.
_COLOURS = ((0.95, "#2e7d32"), (0.8, "#7a8b00"), (0.5, "#b26a00"), (0.0, "#b3261e"))


def badge(label: str, text: str, share: float) -> str:
    """An SVG of two fields.

    Parameters
    ----------
    label, text : str
        On the left and on the right.
    share : float
        From 0 to 1; decides the colour.

    Returns
    -------
    str
    """
    left, right = (8 + round(6.6 * len(part)) for part in (label, text))
    colour = next(colour for least, colour in _COLOURS if share >= least)
    title = html.escape(f"{label}: {text}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" '
        f'role="img" aria-label="{title}"><title>{title}</title>'
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11"><text x="{left / 2:g}" y="14">{html.escape(label)}</text>'
        f'<text x="{left + right / 2:g}" y="14">{html.escape(text)}</text></g></svg>\n'
    )
