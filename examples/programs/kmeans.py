"""Handwritten digits in ten clusters, by Lloyd's algorithm.

    python kmeans.py [HOW MANY TIMES OVER]

The images are those of pca.py.
"""

import sys
from pathlib import Path

import numpy as np

DIGITS = Path(__file__).parent.parent / "data" / "digits.csv.gz"


def main(times=1, clusters=10, rounds=8):
    table = np.loadtxt(DIGITS, delimiter=",")
    points = np.tile(table[:, :-1], (times, 1))
    rng = np.random.default_rng(0)
    centres = points[rng.choice(len(points), clusters, replace=False)]
    squares = np.sum(points**2, axis=1)[:, None]
    for _ in range(rounds):
        distances = squares - 2 * points @ centres.T + np.sum(centres**2, axis=1)
        labels = np.argmin(distances, axis=1)
        members = np.where(labels[:, None] == np.arange(clusters), 1.0, 0.0)
        centres = members.T @ points / np.sum(members, axis=0)[:, None]
    inertia = np.sum(np.min(distances, axis=1))
    return {"centres": centres, "inertia": inertia}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    print(f"inertia {float(results['inertia']):.2f}")
