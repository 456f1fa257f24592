"""Functions and methods that stand between a value and the remote callable that it is sent to.

In a shape ``{h}`` is the name of the function, ``{f}`` the remote callable, ``{k}`` a digit. Some only hand the value
on, and some do something else with it as well, or with what is around them.
"""

from __future__ import annotations

import re

from generator.choices import Choices, chance, pick
from generator.writer import indented

CALLED = re.compile(r"(?<![.\w])(total|look|grow|nested|scribble|smear|fails|Keeper|keeper\.use)\.remote(?=\()")

_BODIES = (
    "return {f}.remote(a, i)",
    "return {f}.remote(a, i)",
    "return {f}.remote(a, i=i)",
    "return {f}.remote(i=i, a=a)",
    "future = {f}.remote(a, i)\nreturn future",
    "futures.extend([{f}.remote(a, j) for j in range(2)])\nreturn {f}.remote(a, i)",
    "for j in range({k}):\n    futures.append({f}.remote(a, j))",
    "return [{f}.remote(a, j) for j in range(3)][0]",
    "return ray.get([{f}.remote(a, j) for j in range(2)])",
    "futures.extend({f}.remote(a, j) for j in range(2))",
    "return ({f}.remote(a, j) for j in range(2))",
    "return list(map(lambda j: {f}.remote(a, j), range(2)))",
    "if i:\n    return {f}.remote(a, i)\nreturn {f}.remote(a)",
    "if i:\n    futures.append({f}.remote(a, i))\nelse:\n    futures.append({f}.remote(a))",
    "if i > 1:\n    return None\nreturn {f}.remote(a, i)",
    "if i > 1:\n    raise ValueError\nreturn {f}.remote(a, i)",
    "return {f}.remote(a, i) if i else None",
    "return i and {f}.remote(a, i)",
    "risky(i)\nreturn {f}.remote(a, i)",
    "try:\n    return {f}.remote(a, i)\nexcept TypeError:\n    return None",
    "try:\n    risky(i)\nexcept ValueError:\n    return {f}.remote(a, i)",
    "try:\n    risky(i)\nfinally:\n    futures.append({f}.remote(a, i))",
    "with contextlib.suppress(Exception):\n    return {f}.remote(a, i)",
    "while i < 2:\n    i += 1\n    futures.append({f}.remote(a, i))",
    "log.append(len(a))\nreturn {f}.remote(a, i)",
    "log.append(type(a).__name__)\nreturn {f}.remote(a, i)",
    "log.append(str(locals())[:20])\nreturn {f}.remote(a, i)",
    "log.append(type(locals()['a']).__name__)\nreturn {f}.remote(a, i)",
    "a[0] = {k}\nreturn {f}.remote(a, i)",
    "bump(a)\nreturn {f}.remote(a, i)",
    "future = {f}.remote(a, i)\nbump(a)\nreturn future",
    "KEPT.append(a)\nreturn {f}.remote(a, i)",
    "tick()\nreturn {f}.remote(a, i)",
    "touch_store()\nreturn {f}.remote(a, i)",
    "fire()\nreturn {f}.remote(a, i)",
    "future = {f}.remote(a, i)\ntick()\nfire()\nreturn future",
    "b = a\nreturn {f}.remote(b, i)",
    "a = same(a)\nreturn {f}.remote(a, i)",
    "ref = ray.put(a)\nreturn [{f}.remote(ref, j) for j in range(2)][0]",
    "return {f}.remote(ray.put(a), i)",
    "return {f}.remote([a], i)",
    "return {f}.remote(*[a, i])",
    "return {f}.remote(*(a, i))",
    "return {f}.remote(**{{'a': a, 'i': i}})",
    "return (lambda: {f}.remote(a, i))()",
    "HOOKS.append(lambda: futures.append({f}.remote(a, i)))",
    "def later():\n    return {f}.remote(a, i)\nreturn later()",
    "yield {f}.remote(a, i)",
    "return getattr({f}, 'remote')(a, i)",
    "return apply({f}.remote, a, i)",
    "futures.append({f}.remote(a, i))\nreturn a",
    "return {h}(a, 0) if i else {f}.remote(a, i)",
    "del a[0]\nreturn {f}.remote(a, i)",
    "a += 1\nreturn {f}.remote(a, i)",
    "for a in [a]:\n    futures.append({f}.remote(a, i))",
    "global G\nfutures.append({f}.remote(a, i))\nG = a",
    "class Inner:\n    future = {f}.remote(a, i)\nreturn Inner.future",
)
_AROUND_RAY = (
    "ray_ready()\nreturn {f}.remote(a, i)",
    "ray_stop()\nreturn {f}.remote(a, i)",
    "future = ray.get({f}.remote(a, i))\nray_stop()\nreturn future",
    "log.append(ray.is_initialized())\nreturn {f}.remote(a, i)",
    "if not ray.is_initialized():\n    ray.init(num_cpus=1)\nreturn {f}.remote(a, i)",
)
_SIGNATURES = ("a, i=0", "a, i=0", "a=None, i=0", "a, *, i=0", "a, /, i=0", "a: object = None, i: int = 0")
_SPREADING = (
    "def {h}(*args, **kwargs):\n    return {f}.remote(*args, **kwargs)",
    "def {h}(a, *args, **kwargs):\n    return {f}.remote(a, *args, **kwargs)",
    "def {h}(*args, **kwargs):\n    return [{f}.remote(*args, **kwargs) for j in range(2)][0]",
    "def {h}(*args, **kwargs):\n    log.append(len(args))\n    return {f}.remote(*args, **kwargs)",
    "def {h}(*args, **kwargs):\n    return {f}.remote(*args[:1], **kwargs)",
    "def {h}(*args):\n    return {f}.remote(args)",
    "def {h}_with(task, a, i=0):\n    return task.remote(a, i)\ndef {h}(a, i=0):\n    return {h}_with({f}, a, i)",
    "def {h}_with(task, *args):\n    return task.remote(*args)\ndef {h}(a, i=0):\n    return {h}_with({f}, a, i)",
    "def {h}(**kwargs):\n    return {f}.remote(*kwargs)",
    "def {h}_method(name, *args, **kwargs):\n    return getattr({f}, name)(*args, **kwargs)\n"
    "def {h}(*args, **kwargs):\n    return {h}_method('remote', *args, **kwargs)",
    "def {h}_inner(*args, **kwargs):\n    return {f}.remote(*args, **kwargs)\n"
    "def {h}(*args, **kwargs):\n    return {h}_inner(*args, **kwargs)",
    "def {h}_inner(a, *args, **kwargs):\n    return {f}.remote(a, *args, **kwargs)\n"
    "def {h}(a, *args, **kwargs):\n    return {h}_inner(a, *args, **kwargs)",
    "def {h}_inner(*args):\n    log.append(len(args))\n    return {f}.remote(*args)\n"
    "def {h}(*args):\n    return {h}_inner(*args)",
)
_OUTER = (
    "return {h}_inner(a, i)",
    "return {h}_inner(i=i, a=a)",
    "return [{h}_inner(a, j) for j in range(2)][0]",
    "for j in range(3):\n    futures.append({h}_inner(a, j))",
    "try:\n    return {h}_inner(a, i)\nexcept TypeError:\n    return None",
    "return {h}_inner(a, i), {h}_inner(a, 2)",
    "log.append(len(a))\nreturn {h}_inner(a, i)",
)
_CLASSES = (
    "class {h}_Sender:\n    def __init__(self):\n        self.count = 2\n"
    "    def send(self, a, i=0):\n        return {f}.remote(a, i)\n"
    "    def all(self, a, i=0):\n        return [self.send(a, j) for j in range(self.count)][0]\n"
    "{h}_sender = {h}_Sender()\n"
    "def {h}(a, i=0):\n    return {h}_sender.{m}(a, i)",
    "class {h}_Sender:\n    def __init__(self, a, i=0):\n        self.future = {f}.remote(a, i)\n"
    "def {h}(a, i=0):\n    return {h}_Sender(a, i).future",
    "class {h}_Sender:\n    def __init__(self, a, i=0):\n        self.a = a\n        self.future = {f}.remote(a, i)\n"
    "def {h}(a, i=0):\n    return {h}_Sender(a, i).future",
    "class {h}_Sender:\n    def send(self, a, i=0):\n        return {f}.remote(a, i)\n"
    "    def all(self, a, i=0):\n        return self.send(a, i)\n"
    "class {h}_Other({h}_Sender):\n    def send(self, a, i=0):\n        log.append(len(a))\n"
    "        return {f}.remote(a, i)\n"
    "def {h}(a, i=0):\n    return {h}_Other().{m}(a, i)",
    "class {h}_Sender:\n    def send(self, a, i=0):\n        return {f}.remote(a, i)\n"
    "{h}_sender = {h}_Sender()\n{h}_sender.send = lambda a, i=0: len(a)\n"
    "def {h}(a, i=0):\n    return {h}_sender.send(a, i)",
)


def through_functions(choices: Choices, text: str, own: dict[str, str], *, about_ray: bool) -> str:
    """The program with functions in place of some of its remote callables; ``own`` gets their definitions."""

    def replaced(found: re.Match[str]) -> str:
        if chance(choices, 30):
            return found[0]
        called = found[1]
        name = f"via_{called.replace('.', '_')}{choices.number(0, 1)}"
        if name not in own:
            own[name] = forwarder(choices, name, called, about_ray=about_ray)
        return name

    return CALLED.sub(replaced, text)


def forwarder(choices: Choices, name: str, called: str, *, about_ray: bool) -> str:
    """The definition of a function that sends its argument, or does not."""
    dice = choices.number(0, 9)
    bodies = (*_BODIES, *(_AROUND_RAY * 4 if about_ray else ()))
    if dice < 5:
        shape = _function("{h}", pick(choices, _SIGNATURES), pick(choices, bodies))
    elif dice < 7:
        inner = _function("{h}_inner", "a, i=0", pick(choices, bodies).replace("{h}", "{h}_inner"))
        shape = f"{inner}\n{_function('{h}', 'a, i=0', pick(choices, _OUTER))}"
    else:
        shape = pick(choices, _SPREADING if dice < 9 else _CLASSES)
    if chance(choices, 5):
        shape = f"@register\n{shape}"
    return shape.format(h=name, f=called, k=choices.number(0, 7), m=pick(choices, ("send", "all")))


def _function(name: str, parameters: str, body: str) -> str:
    return "\n".join([f"def {name}({parameters}):", *indented(body.split("\n"))])
