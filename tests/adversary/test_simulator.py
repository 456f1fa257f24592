"""Each claim of the simulator is a small program that prints the same on the simulator and on real Ray."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from simulator import simulate

HEAD = """
import asyncio
import ctypes

import numpy as np
import ray


@ray.remote(num_cpus=0.1)
def same(value, *others, **named):
    return value


@ray.remote(num_cpus=0.1)
def kinds(*values, **named):
    return [type(value).__name__ for value in (*values, *named.values())]


@ray.remote(num_cpus=0.1)
def fail(error):
    raise error


@ray.remote(num_cpus=0)
class Keeper:
    def __init__(self, value=None):
        self.kept = [value]

    def keep(self, value):
        self.kept.append(value)
        return len(self.kept)

    def grow(self, values):
        values.append(0)
        self.kept.append(values)
        return [id(value) == id(values) for value in self.kept], len(values)

    def first(self):
        return self.kept[0]

    def both(self):
        return self.kept[0], 2


@ray.remote(num_cpus=0)
class Patient:
    async def later(self, value):
        await asyncio.sleep(0)
        return value + 1


def add_through(array):
    memory = (ctypes.c_double * 1).from_address(array.ctypes.data)
    memory[0] += 1
    return float(array.flat[0])


write = ray.remote(num_cpus=0.1)(add_through)


def attempt(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except Exception as error:
        builtin = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
        return builtin[:-2], type(error).__name__


array = np.full((120, 120), 1.0)
"""

CLAIMS = {
    "functions and classes are copied at each call, with what they read": """
FACTOR, FACTORS = 2, [2]


def factor():
    return FACTOR


class Crate:
    unit = 1

    def __init__(self, values):
        self.values = values

    def weigh(self):
        return float(self.values.sum()) * FACTOR * self.unit + factor() + FACTORS[0]


class Special(Crate):
    def more(self):
        return FACTOR


@ray.remote(num_cpus=0.1)
def call(function):
    return function()


def closures():
    values, number = np.ones(3), 0

    def inner(other=FACTORS):
        return float(values.sum()) + number + FACTOR, other

    def change():
        nonlocal number
        number += 1

    return inner, change


crate, special = Crate(np.ones(3)), Special(np.ones(3))
inner, change = closures()
stored = [ray.put(each) for each in (factor, inner, crate.weigh, special.weigh)]
for step in range(5):
    if step == 1:
        FACTOR = 10
        change()
    if step == 2:
        Crate.unit = 100
    if step == 3:
        FACTORS[0] = 7
    if step == 4:
        crate.values[0] = 50.0
    print([ray.get(call.remote(each)) for each in (factor, inner, crate.weigh, special.weigh)])
    print([ray.get(call.remote(each)) for each in stored])
""",
    "arguments are copied at the call": """
values = [1, 2]
future = same.remote(values)
values.append(3)
print(ray.get(future), values)
""",
    "all arguments are evaluated before any is copied": """
values = [1, 2]
print(ray.get(same.remote(values, values.pop())))
""",
    "put copies": """
values = [1, 2]
ref = ray.put(values)
values.append(3)
print(ray.get(ref))
""",
    "references at the top level become values": """
ref = ray.put(1)
print(ray.get(kinds.remote(ref, *[ref], key=ref, **{"other": ref})))
""",
    "nested references stay references": """
ref = ray.put(1)
print(ray.get(kinds.remote(ref)), ray.get(same.remote([ref]))[0] == ref)


@ray.remote
def inside(values):
    return type(values[0]).__name__, ray.get(values[0])


print(ray.get(inside.remote([ref])), ray.get(inside.remote((ref, 2))))
""",
    "a reference cannot be put": """
print(attempt(ray.put, ray.put(1)))
""",
    "a reference in a list can be put": """
print(ray.get(ray.get(ray.put([ray.put(1)]))[0]))
""",
    "a generator can neither be put nor sent": """
print(attempt(ray.put, (i for i in [])), attempt(same.remote, (i for i in [])))
print(attempt(ray.put, [iter(i for i in [])]), attempt(same.remote, [iter(i for i in [])]))
""",
    "other exceptions from pickling pass": """
class Odd:
    def __reduce__(self):
        raise ValueError("no")


print(attempt(ray.put, Odd()), attempt(same.remote, Odd()))
""",
    "received arrays are read-only": """
@ray.remote
def flags(*arrays):
    return [array.flags.writeable for array in arrays]


small = np.zeros(3)
print(ray.get(flags.remote(array, small, array.T, array[:50], array[:, :50], ray.put(array), ray.put(array[:, :50]))))
print(ray.get(flags.remote(np.zeros(3, dtype=object), array + 1, np.zeros((3, 3)).T[1:])))
""",
    "a write to a received array fails": """
@ray.remote
def set_item(array):
    array[0] = 1


print(attempt(ray.get, set_item.remote(array)), attempt(ray.get, set_item.remote(ray.put(array))))
""",
    "what get gives is read-only": """
print(ray.get(ray.put(array)).flags.writeable, ray.get(same.remote(array)).flags.writeable)
print(ray.get(ray.put(array)) is ray.get(ray.put(array)))
""",
    "by value each call has buffers of its own": """
print([ray.get(write.remote(array)) for i in range(3)], array[0, 0])
""",
    "by reference all calls share the buffers": """
ref = ray.put(array)
print([ray.get(write.remote(ref)) for i in range(3)], array[0, 0], ray.get(ref)[0, 0])
""",
    "buffers of one argument passed twice": """
@ray.remote
def shares(a, b):
    return a is b, np.shares_memory(a, b)


ref = ray.put(array)
print(ray.get(shares.remote(array, array)), ray.get(shares.remote(ref, ref)))
""",
    "lists are copied even by reference": """
@ray.remote
def grow(values):
    values.append(1)
    return len(values)


ref = ray.put([1])
print([ray.get(grow.remote(ref)) for i in range(3)], ray.get(ref))
""",
    "a bytearray arrives as bytes": """
print(ray.get(kinds.remote(bytearray(b"12"), ray.put(bytearray(b"12")), memoryview(b"12"))))
""",
    "get of a list, of nothing, and of no reference": """
print(ray.get([ray.put(1), same.remote(2)]), ray.get([]), attempt(ray.get, 3), attempt(ray.get, [3]))
""",
    "wait": """
refs = [ray.put(1), ray.put(2)]
print([len(part) for part in ray.wait(refs, num_returns=2)], attempt(ray.wait, [refs[0]] * 2))
print([len(part) for part in ray.wait(refs)], attempt(ray.wait, refs, num_returns=3), attempt(ray.wait, refs[0]))
""",
    "a failed task raises at get": """
future = fail.remote(ValueError("no"))
print(attempt(ray.get, future))
try:
    ray.get(future)
except ValueError as error:
    print(isinstance(error, ray.exceptions.RayTaskError), isinstance(error, ray.exceptions.RayError))
print(attempt(ray.get, fail.remote(Exception("plain"))), attempt(ray.get, fail.remote(KeyError("key"))))
""",
    "a failed dependency fails the task": """
print(attempt(ray.get, same.remote(fail.remote(ValueError("no")))))
print(attempt(ray.get, kinds.remote([fail.remote(ValueError("no"))])))
""",
    "a failure inside a task that gets": """
@ray.remote
def getting(refs):
    return ray.get(refs[0])


print(attempt(ray.get, getting.remote([fail.remote(KeyError("no"))])))
""",
    "the signature is checked at the call, before serializing": """
@ray.remote
def one(value):
    return value


print(attempt(one.remote), attempt(one.remote, 1, 2), attempt(one.remote, other=3))
try:
    one.remote((i for i in []), 2)
except TypeError as error:
    print("serialize" in str(error))
try:
    one.remote((i for i in []))
except TypeError as error:
    print("serialize" in str(error))
""",
    "remote functions and actor classes cannot be called": """
print(attempt(same, 1), attempt(Keeper))
""",
    "options and the forms of remote": """
def plain(value):
    return value


print(ray.get(ray.remote(plain).remote(1)), ray.get(same.options(num_cpus=0.1).remote(2)))
print(ray.get(ray.remote(num_cpus=0.1)(plain).options(name="named").remote(3)))
""",
    "several results": """
@ray.remote
def pair():
    return 1, 2


print(ray.get(pair.options(num_returns=2).remote()), ray.get(pair.remote()))
""",
    "a generator task gives references": """
@ray.remote
def count(value):
    yield value
    yield 2
    raise ValueError


refs = count.remote(1)
print([attempt(ray.get, ref) for ref in refs])
print(attempt(ray.put, refs), attempt(same.remote, refs))
""",
    "tasks call tasks": """
@ray.remote
def outer(value):
    return ray.get(same.remote(value)) + 1


print(ray.get(outer.remote(1)))
""",
    "what tasks print is not the driver's": """
@ray.remote
def talk():
    print("task")


print(ray.get(talk.remote()))
""",
    "actors keep state, in the order of the calls": """
keeper = Keeper.remote([1])
print(ray.get([keeper.keep.remote(i) for i in range(3)]), ray.get(keeper.first.remote()))
ref = ray.put([1])
print(ray.get([keeper.grow.remote(ref), keeper.grow.remote(ref)]))
print(ray.get(keeper.both.options(num_returns=2).remote()))
print(attempt(lambda: keeper.nothing), attempt(keeper.keep.remote))
""",
    "constructors resolve references": """
print(ray.get(Keeper.remote(ray.put(5)).first.remote()))
print(isinstance(ray.get(Keeper.remote([ray.put(5)]).first.remote())[0], ray.ObjectRef))
print(attempt(Keeper.remote, 1, 2), attempt(Keeper.remote, (i for i in [])))
""",
    "an actor whose constructor fails is dead": """
@ray.remote(num_cpus=0)
class Failing:
    def __init__(self, value):
        self.value = 1 / value

    def get(self):
        return self.value


print(attempt(ray.get, Failing.remote(0).get.remote()), ray.get(Failing.remote(1).get.remote()))
""",
    "handles are passed, also inside of containers": """
@ray.remote
def tell(keepers, value):
    return ray.get([keeper.keep.remote(value) for keeper in keepers])


@ray.remote
def tell_one(keeper):
    return ray.get(keeper.keep.remote(1))


keeper = Keeper.remote()
print(ray.get(tell.remote([keeper, keeper], 1)), ray.get(tell_one.remote(keeper)))
print(ray.get(tell_one.remote(ray.put(keeper))))
""",
    "async methods, and an async driver": """
patient = Patient.remote()


async def drive():
    return await patient.later.remote(1), await ray.put(2), await asyncio.gather(same.remote(3), ray.put(4))


print(asyncio.run(drive()))
""",
    "other coroutines have their turn while a result is awaited": """
order = []


async def one():
    order.append(1)
    await same.remote(1)
    order.append(2)


async def two():
    order.append(3)


async def drive():
    await asyncio.gather(one(), two())


asyncio.run(drive())
print(order)
""",
    "objects of the program's classes": """
class Holder:
    def __init__(self, data):
        self.data = data


@ray.remote
def data_of(holder):
    return holder.data.sum(), holder.data.flags.writeable, type(holder).__name__


holder = Holder(array)
print(ray.get(data_of.remote(holder)), ray.get(data_of.remote(ray.put(holder))))
""",
    "names imported from ray": """
from ray import ObjectRef, put
import ray as r

print(isinstance(put(1), ObjectRef), isinstance(r.put(1), ray.ObjectRef), r.is_initialized())
""",
}

STARTING = """
import ray


@ray.remote
def same(value):
    return value


def attempt(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except Exception as error:
        return type(error).__name__


def cpus():
    return ray.cluster_resources()["CPU"]


print(ray.is_initialized(), attempt(ray.cluster_resources))
ray.init(num_cpus=2, logging_level="ERROR", include_dashboard=False, log_to_driver=False)
print(ray.is_initialized(), cpus(), attempt(ray.init))
ray.init(num_cpus=3, ignore_reinit_error=True, logging_level="ERROR")
old = ray.put(1)
result = same.remote(2)
print(cpus(), ray.get([old, result]))
ray.shutdown()
ray.shutdown()
print(ray.is_initialized())
ray.init(num_cpus=1, logging_level="ERROR", include_dashboard=False, log_to_driver=False)
print(cpus(), attempt(ray.get, old, timeout=5), attempt(same.remote, old))
print(attempt(ray.put, [old]) is not None, ray.get(same.remote(3)))
ray.shutdown()
with ray.init(num_cpus=1, logging_level="ERROR", include_dashboard=False, log_to_driver=False):
    print(ray.is_initialized())
print(ray.is_initialized())
"""

BY_THEMSELVES = """
import ray


@ray.remote
def same(value):
    return value


try:
    {call}
except Exception as error:
    print(type(error).__name__)
print(ray.is_initialized())
try:
    ray.init(num_cpus=1, logging_level="ERROR", include_dashboard=False, log_to_driver=False)
except RuntimeError:
    print("was started")
"""


def simulated(source: str) -> str:
    outcome = simulate(source)
    assert outcome.ended == ""
    return outcome.printed


def in_own_process(source: str) -> str:
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.ray
@pytest.mark.parametrize("claim", CLAIMS)
def test_the_simulator_does_what_ray_does(claim: str, execute: Callable[[str], str]) -> None:
    source = HEAD + CLAIMS[claim]
    assert simulated(source) == execute(source)


@pytest.mark.ray
def test_starting_and_stopping() -> None:
    assert simulated(STARTING) == in_own_process(STARTING)


@pytest.mark.ray
@pytest.mark.parametrize("call", ["same.remote(1)", "ray.put(1)", "ray.remote(same)"])
def test_what_starts_ray_by_itself(call: str) -> None:
    source = BY_THEMSELVES.format(call=call)
    assert simulated(source) == in_own_process(source)


def test_a_program_without_an_end_is_ended() -> None:
    source = "import ray\nf = ray.remote(lambda i: i)\nwhile True:\n    f.remote(1)\n"
    assert simulate(source).ended == "endless"


def test_what_ray_is_comes_back() -> None:
    before = sys.modules.get("ray")
    simulated("import ray\nimport ray.exceptions\n")
    assert sys.modules.get("ray") is before
