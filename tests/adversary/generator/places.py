"""Where a body can stand, and what then can happen around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.choices import chance, pick
from generator.definitions import words
from generator.plan import Plan, assigned, beginning_with, called, locals_of, suite
from generator.values import Value
from generator.writer import Body, Writer, indented


def in_function(plan: Plan) -> list[str]:
    values = locals_of(plan, "nonlocal")
    body = plan.body(values, leaving=("return",))
    return ["def run(flag):", *indented(beginning_with(plan, values, suite(plan, body))), called("run(flag)")]


def with_holder(plan: Plan) -> list[str]:
    """Some of the values are attributes of objects."""
    values = locals_of(plan, "nonlocal")
    values[0] = Value("box.a", values[0].kind)
    touching = (
        "box.touch()",
        "box.renew()",
        "log.append(box.look())",
        "box = Box({v})",
        "other.a = box.a",
        "other = box",
    )
    body = plan.body(values, leaving=("return",), interrupting=(*touching, "setattr(box, 'a', {w})", "box.b = {v}"))
    lines = ["box = Box()", "other = Box()", *beginning_with(plan, values, suite(plan, body))]
    return ["def run(flag):", *indented(lines), called("run(flag)")]


def at_module_level(plan: Plan) -> list[str]:
    values = locals_of(plan, "global")
    changing = (
        "def change():\n    global x\n    x = {fresh}",
        "def change():\n    x[0] = 1",
        "def change():\n    bump(y)",
        "def change():\n    log.append(len(x))",
        "def change():\n    globals()['x'] = y",
    )
    plan.own["change"] = Writer(plan.choices, Body([values[0]])).filled(pick(plan.choices, changing), values[0])
    body = plan.body(values, interrupting=("change()", "apply(change)", "HOOKS.append(change)"))
    flag = f"flag = {plan.choices.number(0, 1) == 1}"
    return [flag, *beginning_with(plan, values, suite(plan, body))]


def with_globals(plan: Plan) -> list[str]:
    """A function that sends variables of the module."""
    kinds = plan.kinds()
    declared = chance(plan.choices, 60)
    values = [Value(n, k, n, f"global {n}", declared, declared) for n, k in zip(("G", "H"), kinds[:2], strict=True)]
    made = list(values)
    values.append(Value("x", kinds[0], "x", "nonlocal x"))
    renew = (
        "bump(H)",
        "G = {fresh}",
        "G[1] += 1",
        "bump(G)",
        "log.append(len(G))",
        "H = G",
        "G, H = H, G",
        "KEPT.append(G)",
    )
    line = Writer(plan.choices, Body(values)).filled(pick(plan.choices, renew), values[0])
    renewing = ["def renew():", "    global G, H", f"    {line}"]
    body = plan.body(values, leaving=("return",), interrupting=("renew()", "apply(renew)", "HOOKS.append(renew)"))
    if chance(plan.choices, 40):
        body.values.reverse()
    if declared:
        body.interrupting = (*body.interrupting, "H = {v}", "H = x")
    local_value = pick(plan.choices, ("x = G", "x = H", f"x = {plan.fresh(kinds[0])}"))
    lines = suite(plan, body)
    lines = [*(["global G, H"] if declared else []), *([local_value] if "x" in words("\n".join(lines)) else []), *lines]
    return beginning_with(plan, made, [*renewing, "def run(flag):", *indented(lines), called("run(flag)")])


def with_parameters(plan: Plan) -> list[str]:
    """The caller gets hold of a value, and changes it when it has its turn."""
    values = locals_of(plan, "nonlocal")[:2]
    plan.own["outside"] = "outside = []"
    plan.own["touch_outside"] = "def touch_outside():\n    for a in outside:\n        bump(a)"
    turns = ("touch_outside()", "apply(touch_outside)", "box.append({v})", "box[0].fill({k})", "box.extend([{v}])")
    body = plan.body(values, leaving=("return", "return {v}"), interrupting=turns)
    shared = pick(plan.choices, ("box.append(x)", "box += [x]", "bump(box) if box else 0", "read(box)"))
    call = pick(plan.choices, ("run(flag, outside)", "run(flag, box=outside)", "run(flag, *[outside])", "run(flag)"))
    lines = beginning_with(plan, values, [shared, *suite(plan, body)])
    return ["def run(flag, box=outside):", *indented(lines), called(call)]


def in_closure(plan: Plan) -> list[str]:
    """An inner function sends the variables of the outer one, which goes on in between."""
    declared = chance(plan.choices, 50)
    outer = locals_of(plan, "nonlocal")[:2]
    inner = [Value(value.path, value.kind, value.name, value.declare, declared, declared) for value in outer]
    lines = [*(["nonlocal x, y"] if declared else []), *suite(plan, plan.body(inner, leaving=("return",)), 1)]
    writer = Writer(plan.choices, Body(outer))
    between = [line for _ in range(plan.choices.number(1, 2)) for line in writer.event().split("\n")]
    made = ["def inner():", *indented(lines)]
    calls = ["inner()", *between, "inner()"]
    return ["def run(flag):", *indented(beginning_with(plan, outer, [*made, *calls])), called("run(flag)")]


METHODS = (
    "def renew(self):\n    self.x = {fresh}",
    "def renew(self):\n    self.x, self.y = self.y, self.x",
    "def renew(self):\n    self.x[1] += 1",
    "def renew(self):\n    bump(self.x)",
    "def renew(self):\n    log.append(len(self.x))",
    "def renew(self):\n    self.y = self.x",
    "def renew(self):\n    KEPT.append(self.x)",
    "def renew(self):\n    return self.x",
    "def renew(self):\n    setattr(self, 'x', self.y)",
    "def renew(self):\n    self.__dict__['x'] = self.y",
    "def renew(self):\n    vars(self).update(x=self.y)",
    "def renew(self):\n    self.hook()",
    "def renew(self):\n    for name in ['x']:\n        setattr(self, name, {fresh})",
    "def renew(self):\n    (lambda job: setattr(job, 'x', job.y))(self)",
    "def renew(self):\n    exchange(self)",
    "def renew(self):\n    self.m += 1",
    "def renew(self):\n    type(self).x = {fresh}",
    "def renew(self):\n    del self.x\n    self.x = {fresh}",
    "@property\ndef last(self):\n    return self.x\ndef renew(self):\n    bump(self.last)",
    "@classmethod\ndef all(cls):\n    cls.x = {fresh}\ndef renew(self):\n    self.all()",
    "@staticmethod\ndef touch(job):\n    job.x = {fresh}\ndef renew(self):\n    self.touch(self)",
    "def __enter__(self):\n    return self\ndef __exit__(self, *error):\n    self.x = {fresh}\n"
    "def renew(self):\n    with self:\n        pass",
)
HOOKING = (
    "self.x = {fresh}",
    "bump(self.x)",
    "self.x[0] = 3",
    "log.append(len(self.x))",
    "super().hook()",
    "self.x = self.y",
    "KEPT.append(self.x)",
)
TURNS = (
    "self.renew()",
    "self.renew()",
    "self.hook()",
    "{t} = self\n{t}.x = {w}",
    "apply(self.renew)",
    "HOOKS.append(self.renew)",
    "exchange(self)",
)


def in_method(plan: Plan) -> list[str]:
    """Attributes of ``self``, with other methods that may change them and a subclass that overrides one."""
    first, second, _ = plan.kinds()
    free = chance(plan.choices, 40)
    values = [Value("self.x", first, rebindable=free), Value("self.y", second, rebindable=free)]
    values.append(Value("z", first, "z", "nonlocal z"))
    if chance(plan.choices, 15):
        values[0] = Value("self.box.a", first)
    writer = Writer(plan.choices, Body([Value("self.x", first)]))
    renew = writer.filled(plan.method or pick(plan.choices, METHODS))
    hook = writer.filled(pick(plan.choices, HOOKING))
    plan.own["exchange"] = "def exchange(job):\n    job.x, job.y = job.y, job.x"
    body = plan.body(values, leaving=("return",), interrupting=TURNS)
    sending = beginning_with(plan, values[2:], suite(plan, body))
    used = renew + "".join(sending)
    made = [*assigned(plan, [Value("self.x", first), *values[1:2]])]
    made += [line for line in ("self.m = 1", "self.keeper = keeper") if line.partition(" ")[0] in used]
    if "self.box" in values[0].path:
        made += ["self.box = Box()", *assigned(plan, values[:1])]
    lines = [
        "class Job:",
        *indented(["def __init__(self):", *indented(made)]),
        *(indented([f"x = {plan.fresh(first)}"]) if chance(plan.choices, 10) else []),
        *indented(["def hook(self):", "    log.append(0)"]),
        *indented(renew.split("\n")),
        *indented(["def run(self, flag):", *indented(sending)]),
    ]
    if chance(plan.choices, 30):
        lines += ["class Special(Job):", "    def hook(self):", f"        {hook}", "job = Special()"]
    else:
        lines.append("job = Job()")
    return [*lines, called("job.run(flag)")]


def of_class(plan: Plan) -> list[str]:
    """An attribute of a class that others can reach."""
    kind = plan.kinds()[0]
    values = [Value("Config.x", kind, rebindable=chance(plan.choices, 40)), Value("y", kind, "y", "nonlocal y")]
    turns = ("Config.reset()", "Config().reset()", "touch_config()", "Config.x = {fresh}")
    renew = Writer(plan.choices, Body(values[:1])).filled(
        pick(plan.choices, ("cls.x = {fresh}", "bump(cls.x)", "len(cls.x)"))
    )
    plan.own["touch_config"] = "def touch_config():\n    bump(Config.x)"
    plan.own["Config"] = "\n".join(
        ["class Config:", f"    x = {plan.fresh(kind)}", "    @classmethod", "    def reset(cls):", f"        {renew}"]
    )
    body = plan.body(values, leaving=("return",), interrupting=turns)
    return ["def run(flag):", *indented(beginning_with(plan, values[1:], suite(plan, body))), called("run(flag)")]


MEDDLING = ("bump(x)", "x.clear()", "x[0] = 5", "log.append(len(x))", "nonlocal x\nx = {fresh}")
WAITING = (
    "await asyncio.sleep(0)",
    "await same_later({v})",
    "await asyncio.gather(asyncio.sleep(0))",
    "log.append(await {f}.remote({v}))",
    "async for i in steps({n}):\n    {f}.remote({v}, i)",
    "async with turn():\n    {f}.remote({v})",
    "async with turn():\n    pass",
    "futures.extend([{f}.remote({v}, i) async for i in steps({n})])",
    "{t} = steps({n})\nfutures.extend([{f}.remote({v}, i) async for i in {t}])",
    "{t} = [steps({n})]\nasync for i in {t}[0]:\n    {f}.remote({v}, i)",
    "{t} = turn()\nasync with {t}:\n    pass",
    "futures.append({f}.remote({v}, await asyncio.sleep(0)))",
    "for i in range({n}):\n    log.append(await {f}.remote({v}, i))",
    "log.extend([await {f}.remote({v}, i) for i in range({n})])",
    "log.extend(await asyncio.gather(*[{f}.remote({v}, i) for i in range({n})]))",
)
ASYNCHRONOUS = {
    "steps": "async def steps(count):\n    for i in range(count):\n        await asyncio.sleep(0)\n        yield i",
    "turn": "@contextlib.asynccontextmanager\nasync def turn():\n    await asyncio.sleep(0)\n    yield\n"
    "    await asyncio.sleep(0)",
    "same_later": "async def same_later(a):\n    await asyncio.sleep(0)\n    return a",
}


def in_coroutine(plan: Plan) -> list[str]:
    """Another coroutine has its turn while the body awaits something."""
    values = locals_of(plan, "nonlocal")[:2]
    plan.own.update(ASYNCHRONOUS)
    inside = chance(plan.choices, 50)
    """Whether the body is the function that makes the values, or one inside of it."""
    sent = [replace(value, outer=inside) for value in values]
    body = plan.body(sent, leaving=("return",), interrupting=WAITING)
    meddling = Writer(plan.choices, Body(values[:1])).filled(pick(plan.choices, MEDDLING)).split("\n")
    declared = meddling[:-1]
    turn = ["try:", *indented([meddling[-1], "await asyncio.sleep(0)", meddling[-1]]), "except Exception:", "    pass"]
    meddle = ["async def meddle():", *indented([*declared, *turn])]
    sending = suite(plan, body)
    if inside:
        sending = ["async def body():", *indented(["nonlocal x, y", *sending])]
        rest = ["await asyncio.gather(body(), meddle())"]
    else:
        rest = ["other = asyncio.create_task(meddle())", *sending, "await other"]
        sending = []
    lines = beginning_with(plan, values, [*sending, *meddle, *rest])
    return ["async def both(flag):", *indented(lines), called("asyncio.run(both(flag))")]


PAUSES = ("yield {k}", "yield {v}", "{t} = yield", "yield from range({n})", "yield", "box.append({v})")


def in_generator(plan: Plan) -> list[str]:
    """Whoever goes through a generator does something between its pieces."""
    values = locals_of(plan, "nonlocal")[:2]
    body = plan.body(values, leaving=("return",), interrupting=PAUSES)
    between = pick(
        plan.choices,
        ("bump_all(*box)", "bump(step) if hasattr(step, '__len__') else None", "tick()", "log.append(0)", "fire()"),
    )
    shared = pick(plan.choices, ("box.append(x)", "yield x", "box.append(x)", "yield 1"))
    go = ["for step in stream(box, flag):", f"    {between}"]
    if chance(plan.choices, 20):
        go = ["steps = stream(box, flag)", "step = next(steps, None)", between, "list(steps)"]
    sending = beginning_with(plan, values, [shared, *suite(plan, body), "yield 0"])
    return [
        "def stream(box, flag):",
        *indented(sending),
        "def run(flag):",
        *indented(["box = []", *go]),
        called("run(flag)"),
    ]


def in_task(plan: Plan) -> list[str]:
    """A task that makes remote calls itself."""
    plan.local = True
    values = locals_of(plan, "nonlocal")
    lines = beginning_with(plan, values, suite(plan, plan.body(values, leaving=("return",))))
    return ["@ray.remote", "def run(flag):", *indented(lines), called("ray.get(run.remote(flag))")]


PLACES: tuple[Callable[[Plan], list[str]], ...] = (
    in_function,
    in_function,
    at_module_level,
    with_holder,
    with_globals,
    with_parameters,
    in_closure,
    in_method,
    in_method,
    of_class,
    in_coroutine,
    in_generator,
    in_task,
)
