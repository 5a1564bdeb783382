"""A tone is found again in noise: what is not near its frequency is cut off.

python fft_filter.py [SAMPLES]
"""

import sys

import numpy as np


def main(samples=8192):
    rng = np.random.default_rng(2)
    t = np.linspace(0, 1, samples, endpoint=False)
    tone = np.sin(2 * np.pi * 50 * t)
    noisy = tone + rng.normal(scale=0.8, size=samples)
    spectrum = np.fft.rfft(noisy)
    frequencies = np.fft.rfftfreq(samples, d=1 / samples)
    near = np.abs(frequencies - 50) < 5
    cleaned = np.fft.irfft(np.where(near, spectrum, 0), samples)
    before, after = np.std(noisy - tone), np.std(cleaned - tone)
    return {"cleaned": cleaned, "before": before, "after": after}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    print(f"noise {float(results['before']):.4f} before, {float(results['after']):.4f} after")
