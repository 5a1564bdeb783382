"""PageRank: who is at the centre of Les Miserables?

python pagerank.py [HOW MANY TIMES OVER]
"""

import sys
from pathlib import Path

import numpy as np

MEETINGS = Path(__file__).parent.parent / "data" / "les_miserables.txt"


def main(times=1, damping=0.85, rounds=40):
    edges = np.loadtxt(MEETINGS, dtype=int)
    everybody = np.arange(77)
    first = np.where(edges[:, 0][:, None] == everybody, 1.0, 0.0)
    second = np.where(edges[:, 1][:, None] == everybody, 1.0, 0.0)
    meetings = np.dot(first.T, second)
    meetings = np.tile(meetings + meetings.T, (times, times))
    n = len(meetings)
    shares = meetings / np.sum(meetings, axis=0)
    rank = np.ones(n) / n
    for _ in range(rounds):
        rank = (1 - damping) / n + damping * np.dot(shares, rank)
    return {"rank": rank, "highest": np.max(rank), "who": np.argmax(rank)}


if __name__ == "__main__":
    results = main(*map(int, sys.argv[1:]))
    print(f"number {int(results['who'])} with {float(results['highest']):.6f}")
