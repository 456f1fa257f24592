"""The example of Ray's documentation, by hand: the table is put once."""

import time

import numpy as np
import ray

SIDE = 5000
TASKS = 10


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())


np.random.seed(7)
table = np.random.rand(SIDE, SIDE)
begin = time.perf_counter()
shared = ray.put(table)
sums = ray.get([column_sum.remote(shared, column) for column in range(TASKS)])
seconds = time.perf_counter() - begin
print([round(value, 6) for value in sums])
