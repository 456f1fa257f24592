"""One array for several tasks, ten of them at a time: the program of which the sweep varies the size and the calls."""

import time

import numpy as np
import ray

ITEMS = 1_250_000
CALLS = 10
TURNS = 1


@ray.remote
def item(values, number):
    return float(values[number])


values = np.ones(ITEMS)
begin = time.perf_counter()
for _ in range(TURNS):
    found = ray.get([item.remote(values, number) for number in range(CALLS)])
seconds = time.perf_counter() - begin
print(sum(found))
