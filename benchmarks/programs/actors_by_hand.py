"""Actors that all read one table, by hand: it is put before the first round."""

import time

import numpy as np
import ray

SIDE = 2500
ROUNDS = 5
WORKERS = 4


@ray.remote(num_cpus=0.1)
class Worker:
    def __init__(self, number):
        self.number = number

    def score(self, table, turn):
        return float(table[turn + self.number].sum())


rng = np.random.default_rng(7)
table = rng.normal(size=(SIDE, SIDE))
workers = [Worker.remote(number) for number in range(WORKERS)]
ray.get([worker.__ray_ready__.remote() for worker in workers])
begin = time.perf_counter()
shared = ray.put(table)
scores = []
for turn in range(ROUNDS):
    scores.append(sum(ray.get([worker.score.remote(shared, turn) for worker in workers])))
seconds = time.perf_counter() - begin
print([round(score, 6) for score in scores])
