"""Functions that get their values from elsewhere: how large those are, only a run can tell."""

import numpy as np
import ray


@ray.remote
def mean_of(table, rows):
    return float(table[rows].mean())


@ray.remote
class Worker:
    def gradient(self, weights, rows):
        return float(weights[rows].sum())


def bootstrap(table, draws):
    return ray.get([mean_of.remote(table, rows) for rows in draws])


def train(workers, next_weights, draws):
    for rows in draws:
        weights = next_weights()
        ray.get([worker.gradient.remote(weights, rows) for worker in workers])


def smoothed(table, draws):
    means = []
    for rows in draws:
        table[rows] *= 0.5
        means.append(ray.get(mean_of.remote(table, rows)))
    return means


def fallback(table, rows):
    return ray.get(mean_of.remote(table, rows))


def main(rng):
    ray.init(num_cpus=2)
    table = rng.normal(size=(100_000, 50))
    draws = [rng.integers(100_000, size=1000) for _ in range(20)]
    print(f"{np.std(bootstrap(table, draws)):.6f}")
    train([Worker.remote() for _ in range(4)], lambda: rng.normal(size=(100_000, 8)), draws[:5])
    print(f"{sum(smoothed(table, draws[:5])):.6f}")
    print(f"{sum(fallback(table, rows) for rows in draws[:10]):.6f}")


if __name__ == "__main__":
    main(np.random.default_rng(seed=7))
