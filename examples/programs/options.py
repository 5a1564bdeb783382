"""What is a call option worth? Monte-Carlo simulation of an Asian option, and of a European one.

python options.py [PATHS]
"""

import sys

import numpy as np

PRICE, STRIKE, RATE, VOLATILITY, YEARS = 100.0, 105.0, 0.03, 0.2, 1.0


def main(paths=20_000, days=32):
    rng = np.random.default_rng(1)
    step = YEARS / days
    drift = (RATE - VOLATILITY**2 / 2) * step
    moves = drift + VOLATILITY * np.sqrt(step) * rng.standard_normal((paths, days))
    prices = PRICE * np.exp(np.cumsum(moves, axis=1))
    discount = np.exp(-RATE * YEARS)
    asian = discount * np.mean(np.maximum(np.mean(prices, axis=1) - STRIKE, 0))
    european = discount * np.mean(np.maximum(prices[:, -1] - STRIKE, 0))
    return {"asian": asian, "european": european}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    print(f"Asian {float(results['asian']):.4f}, European {float(results['european']):.4f}")
