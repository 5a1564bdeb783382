"""Is it a three or an eight? Logistic regression by gradient descent.

    python logistic.py [HOW MANY TIMES OVER]

The images are those of pca.py.
"""

import sys
from pathlib import Path

import numpy as np

DIGITS = Path(__file__).parent.parent / "data" / "digits.csv.gz"


def main(times=1, rounds=40, rate=0.5):
    table = np.loadtxt(DIGITS, delimiter=",")
    images, digits = np.tile(table[:, :-1] / 16, (times, 1)), np.tile(table[:, -1], times)
    chosen = (digits == 3) | (digits == 8)
    weight = np.where(chosen, 1.0, 0.0)
    target = np.where(digits == 8, 1.0, 0.0)
    total = np.sum(weight)
    w, b = np.zeros(64), 0.0
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-(images @ w + b)))
        residual = (p - target) * weight
        w = w - rate * (images.T @ residual) / total
        b = b - rate * np.sum(residual) / total
    guess = images @ w + b > 0
    right = np.sum(weight * (guess == (target > 0))) / total
    return {"weights": w, "bias": b, "right": right}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    print(f"right in {100 * float(results['right']):.2f} %")
