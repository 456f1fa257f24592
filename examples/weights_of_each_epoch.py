"""Weights that are new in each epoch and go to every worker of it: the put belongs inside the epoch loop."""

import numpy as np
import ray


@ray.remote(num_cpus=0.1)
class Worker:
    def __init__(self, number):
        self.number = number

    def gradient(self, weights):
        return float(weights.mean()) * self.number


def main(epochs=3):
    ray.init()
    workers = [Worker.remote(number) for number in range(4)]
    rng = np.random.default_rng(seed=7)
    for epoch in range(epochs):
        weights = rng.normal(size=(1000, 1000))
        gradients = ray.get([worker.gradient.remote(weights) for worker in workers])
        print(f"epoch {epoch}: {sum(gradients):.6f}")


if __name__ == "__main__":
    main()
