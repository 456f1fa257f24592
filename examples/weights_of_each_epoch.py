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
    step = 0.0
    for epoch in range(epochs):
        weights = np.full((1000, 1000), 1.0 + step)
        gradients = ray.get([worker.gradient.remote(weights) for worker in workers])
        step = sum(gradients)
        print(f"epoch {epoch}: {step:.1f}")


if __name__ == "__main__":
    main()
