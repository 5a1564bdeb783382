"""Derivatives of a program that knows NumPy alone: a pendulum's length, found from its swings."""

import autograd
import numpy as np

import arrayproto


def swing(length, times, start=0.3):
    """Angles of a pendulum, by Verlet's method."""
    step = times[1] - times[0]
    before, angles = start, [np.multiply(start, np.ones_like(length))]
    for _ in times[1:]:
        now = angles[-1]
        angles.append(2 * now - before - step**2 * 9.81 / length * np.sin(now))
        before = now
    return np.stack(angles)


def distance(length, times, seen):
    return np.mean(np.square(swing(length, times) - seen))


def main():
    arrayproto.activate("autograd")  # the one line
    times = np.linspace(0, 2, 101)
    seen = swing(1.3, times)
    slope, curvature = autograd.grad(distance), autograd.grad(autograd.grad(distance))
    length = 1.2
    for _ in range(5):  # Newton's method
        length = length - slope(length, times, seen) / curvature(length, times, seen)
    print(f"length {length:.3f}, off by {distance(length, times, seen):.1e}")


if __name__ == "__main__":
    main()
