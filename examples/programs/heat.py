"""Heat spreads on a square plate whose upper edge is kept hot.

python heat.py [POINTS A SIDE]
"""

import sys

import numpy as np


def main(n=64, steps=60):
    plate = np.zeros((n, n))
    plate[0, :] = 100.0
    for _ in range(steps):
        inner = plate[1:-1, 1:-1]
        neighbours = plate[:-2, 1:-1] + plate[2:, 1:-1] + plate[1:-1, :-2] + plate[1:-1, 2:]
        plate[1:-1, 1:-1] = inner + 0.25 * (neighbours - 4 * inner)
    return {"plate": plate, "mean": np.mean(plate)}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    print(f"mean temperature {float(results['mean']):.6f}")
