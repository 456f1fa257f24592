"""Weights that are new in each epoch, by hand: they are put once an epoch."""

import time

import numpy as np
import ray

SIDE = 1600
EPOCHS = 5
WORKERS = 4


@ray.remote(num_cpus=0.1)
class Worker:
    def __init__(self, number):
        self.number = number

    def loss(self, weights):
        return float(weights[self.number].mean())


def train(workers, epochs):
    losses = []
    rng = np.random.default_rng(7)
    for _ in range(epochs):
        shared = ray.put(rng.normal(size=(SIDE, SIDE)))
        losses.append(sum(ray.get([worker.loss.remote(shared) for worker in workers])))
    return losses


workers = [Worker.remote(number) for number in range(WORKERS)]
ray.get([worker.__ray_ready__.remote() for worker in workers])
begin = time.perf_counter()
losses = train(workers, EPOCHS)
seconds = time.perf_counter() - begin
print([round(loss, 9) for loss in losses])
