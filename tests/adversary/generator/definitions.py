"""What programs are made of at the top: a program has those of the definitions that it names, and no others.

putfix decides many things for a file as a whole, so a definition that nothing uses would hide what is to be tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from generator import carriers

WORD = re.compile(r"(?<![.\w])[A-Za-z_]\w*")

MODULES = (
    "asyncio bisect contextlib copy ctypes functools gc heapq inspect itertools math operator random sys threading"
).split()

DEFINITIONS = {
    **{name: f"import {name}" for name in MODULES},
    "np": "import numpy as np",
    "dataclass": "from dataclasses import dataclass",
    "log": "log = []",
    "futures": "futures = []",
    "KEPT": "KEPT = []",
    "HOOKS": "HOOKS = []",
    "STORE": "STORE = {}",
    "COUNT": "COUNT = [0]",
    # Remote callables.
    "total": """
@ray.remote
def total(a, i=0):
    return float(a.sum()) + i
""",
    "look": """
@ray.remote
def look(a, i=0):
    return type(a).__name__, len(a), str(next(iter(a), None)).partition(" at 0x")[0][:40]
""",
    "grow": """
@ray.remote
def grow(a, i=0):
    a.append(0)
    return len(a)
""",
    "nested": """
@ray.remote
def nested(*boxes, **named):
    return [type(a).__name__ for box in (*boxes, *named.values()) for a in box]
""",
    "scribble": """
@ray.remote
def scribble(a, i=0):
    cells = (ctypes.c_double * 1).from_address(a.ctypes.data)
    cells[0] += 1
    return float(a.sum()) + i
""",
    "write_through": """
def write_through(a):
    cells = (ctypes.c_double * 1).from_address(a.ctypes.data)
    cells[0] += 1
""",
    "smear": """
@ray.remote
def smear(a, i=0):
    write_through(a)
    return float(a.sum()) + i
""",
    "fails": """
@ray.remote
def fails(a, i=0):
    raise ValueError("no")
""",
    "Keeper": """
@ray.remote(num_cpus=0)
class Keeper:
    def __init__(self, a=None, i=0):
        self.kept = [a]

    def use(self, a, i=0):
        self.kept.append(a)
        return len(self.kept), float(np.sum(a[0])) + i

    def count(self):
        return len(self.kept), type(self.kept[0]).__name__
""",
    "keeper": "keeper = Keeper.remote()",
    "keepers": "keepers = [Keeper.remote(), Keeper.remote()]",
    # Functions that read, change, keep and give back their argument.
    "read": """
def read(a):
    return len(a)
""",
    "bump": """
def bump(a):
    a[1] += 1
""",
    "relay": """
def relay(a):
    if a is not None:
        bump(a)
""",
    "try_to_bump": """
def try_to_bump(a):
    with contextlib.suppress(Exception):
        bump(a)
""",
    "keep": """
def keep(a):
    KEPT.append(a)
""",
    "tick": """
def tick():
    for a in KEPT:
        a[2] += 1
""",
    "fire": """
def fire():
    for hook in HOOKS:
        hook()
""",
    "register": """
def register(function):
    HOOKS.append(function)
    return function
""",
    "same": """
def same(a):
    return a
""",
    "front": """
def front(a):
    return a[:100]
""",
    "doubled": """
def doubled(a):
    return a * 2
""",
    "stamped": """
def stamped(a):
    COUNT[0] += 1
    return (a, COUNT[0])
""",
    "choose": """
def choose(a, b):
    return a if COUNT[0] else b
""",
    "apply": """
def apply(function, *arguments):
    return function(*arguments)
""",
    "bump_all": """
def bump_all(*arrays, **named):
    for a in (*arrays, *named.values()):
        bump(a)
""",
    "sink": """
def sink(a, depth=2):
    if depth:
        return sink(a, depth - 1)
    a[0] += 1
""",
    "ping": """
def ping(a, depth=2):
    return pong(a, depth)
""",
    "pong": """
def pong(a, depth):
    if depth:
        return ping(a, depth - 1)
    a[0] += 1
""",
    "add_to": """
def add_to(box, a):
    box.append(a)
""",
    "changes": """
def changes(a):
    for i in range(3):
        a[0] += 1
        yield i
""",
    "ticks": """
def ticks(count):
    for i in range(count):
        tick()
        yield i
""",
    "risky": """
def risky(number):
    if number % 2:
        raise ValueError("odd")
    return number
""",
    "restoring": """
@contextlib.contextmanager
def restoring(a):
    yield a
    a[0] += 1
""",
    "swallowing": """
class swallowing:
    def __init__(self, a=None):
        self.a = a

    def __enter__(self):
        return self.a

    def __exit__(self, kind, error, trace):
        if self.a is not None:
            bump(self.a)
        return True
""",
    "Box": """
class Box:
    shared = None

    def __init__(self, a=None):
        self.a = a

    def touch(self):
        self.a[0] += 1

    def look(self):
        return len(self.a)

    def decorate(self, function):
        bump(self.a)
        return function

    def renew(self):
        self.a = self.a + self.a
""",
    "Pinned": """
@dataclass
class Pinned:
    a: object
    number: int = 0
""",
    "touch_shared": """
def touch_shared():
    if Box.shared is not None:
        bump(Box.shared)
""",
    "touch_store": """
def touch_store():
    for a in STORE.values():
        bump(a)
""",
    "tick_deep": """
def tick_deep():
    for box in KEPT:
        bump(box[0])
""",
    "ray_stop": """
def ray_stop():
    ray.shutdown()
""",
    "the_store": """
def the_store():
    return STORE
""",
    "elsewhere": "import elsewhere",
    "Carrier": """
class Carrier(Exception):
    pass
""",
    "ray_boot": """
def ray_boot():
    ray.init(num_cpus=2)
""",
    "ray_ready": """
def ray_ready():
    if not ray.is_initialized():
        ray.init(num_cpus=3)
""",
}


def words(text: str) -> list[str]:
    """The names in a text, apart from those of attributes."""
    return list(dict.fromkeys(WORD.findall(text)))


def definitions_for(text: str, own: Mapping[str, str]) -> Iterator[str]:
    """What ``text`` needs, each after what it needs itself; ``own`` are definitions of this one program."""
    yield from _needed(text, {**DEFINITIONS, **carriers.DEFINITIONS, **own}, set())


def _needed(text: str, available: Mapping[str, str], seen: set[str]) -> Iterator[str]:
    for name in words(text):
        if name in available and name not in seen:
            seen.add(name)
            definition = available[name]
            yield from _needed(definition, available, seen)
            yield definition
