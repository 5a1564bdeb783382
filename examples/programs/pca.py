"""Principal components of handwritten digits: how much of the images do a few of them keep?

    python pca.py [HOW MANY TIMES OVER]

1797 images of 8 by 8 pixels, from E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten
Digits, UCI Machine Learning Repository (CC BY 4.0).
"""

import sys
from pathlib import Path

import numpy as np

DIGITS = Path(__file__).parent.parent / "data" / "digits.csv.gz"


def main(times=1, components=8):
    table = np.loadtxt(DIGITS, delimiter=",")
    images = np.tile(table[:, :-1], (times, 1))
    centred = images - np.mean(images, axis=0)
    _, values, axes = np.linalg.svd(centred, full_matrices=False)
    variances = values**2 / np.sum(values**2)
    kept = centred @ axes[:components].T
    restored = kept @ axes[:components]
    error = np.sqrt(np.mean((centred - restored) ** 2))
    return {"variances": variances[:components], "error": error}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    share = float(np.sum(results["variances"]))
    print(f"variance kept {share:.6f}, error a pixel {float(results['error']):.6f}")
