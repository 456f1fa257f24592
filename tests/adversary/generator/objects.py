"""Programs about objects whose methods send an attribute, with everything that may happen to it and to the objects.

In a line ``{fresh}`` is a new value, ``{k}`` a digit, ``{f}`` a remote callable; ``s`` is an object, ``a`` the
attribute that its methods send, ``b`` another one.
"""

from __future__ import annotations

from generator.choices import Choices, chance, pick
from generator.definitions import definitions_for
from generator.programs import REPORT, Program
from generator.writer import indented

_FRESH = ("np.arange(30_000.0)", "np.full(30_000, 2.0)", "np.ones(30_000) * {k}")
_CALLEES = ("total", "total", "total", "look", "scribble", "keeper.use", "fails")
_STARTING = ("ray.get(total.remote(np.zeros(3)))", "ray.get(total.remote(np.zeros(3)))", "ray.init(num_cpus=2)", "")
_HEADS = ("class Sender:",) * 12 + (
    "class Sender(object):",
    "class Sender(Base):",
    "@same\nclass Sender:",
    "@dataclass(eq=False)\nclass Sender:",
    "class Sender(dict):",
)
_BASE = (
    "class Base:\n    pass",
    "class Base:\n    def reset(self):\n        self.a = {fresh}",
    "class Base:\n    def __setattr__(self, name, value):\n        log.append(name)\n"
    "        object.__setattr__(self, name, value)",
)
_MEMBERS = (
    "__slots__ = ('a', 'b')",
    "a_ref = {k}",
    "a = None",
    "limit = {k}",
    "def a_ref(self):\n    return {k}",
    "@property\ndef a_ref(self):\n    return {k}",
    "@property\ndef c(self):\n    self.a[0] += 1\n    return 1",
    "def __getattr__(self, name):\n    if name.startswith('__'):\n        raise AttributeError(name)\n"
    "    return len(name)",
    "def __setattr__(self, name, value):\n    log.append(name)\n    object.__setattr__(self, name, value)",
    "def __getstate__(self):\n    log.append(sorted(self.__dict__))\n    return {{'a': self.a}}",
    "def __eq__(self, other):\n    return vars(self).keys() == vars(other).keys()",
    "def __del__(self):\n    log.append(sorted(vars(self)))",
    "def __new__(cls):\n    made = object.__new__(cls)\n    KEPT.append(made)\n    return made",
    "def __copy__(self):\n    made = Sender()\n    made.a = self.a\n    return made",
    "@classmethod\ndef make(cls):\n    made = cls.__new__(cls)\n    made.a = {fresh}\n    return made",
    "def __len__(self):\n    return len(self.a)",
    "@same\ndef more(self):\n    return {f}.remote(self.a)",
    "async def later(self):\n    return {f}.remote(self.a)",
)
_BEFORE = ("self.b = {fresh}", "self.count = {k}", "log.append({k})", "self.step(1)", "self.b = []", "x = {fresh}")
_BINDING = ("self.a = {fresh}",) * 10 + (
    "x = {fresh}\nself.a = x",
    "self.a = self.b = {fresh}",
    "self.a, self.b = {fresh}, {fresh}",
    "if len(log) < 2:\n    self.a = {fresh}\nelse:\n    self.a = {fresh}",
    "self.a: object = {fresh}",
    "self.a = same({fresh})",
    "self.a = G",
    "self.a = KEPT[0] if KEPT else {fresh}",
    "self.a = make_value()",
    "self.a = value",
    "for self.a in [{fresh}]:\n    pass",
    "self.tune()\nself.a = {fresh}",
    "self.b = {fresh}; self.a = {fresh}",
    "self.a = {fresh}  # large",
    "self.a = np.concatenate(\n    [{fresh}]\n)",
    "try:\n    self.a = {fresh}\nfinally:\n    log.append({k})",
)
_CHANGING = (
    "self.a[0] = {k}",
    "self.a += 1",
    "self.a = {fresh}",
    "self.a.fill({k})",
    "np.add(self.a, 1, out=self.a)",
    "bump(self.a)",
    "bump(a=self.a)",
    "x = self.a\nx[1] = {k}",
    "x = self.a[1:]\nx[0] = {k}",
    "for x in [self.a]:\n    x[0] += {k}",
    "[bump(x) for x in [self.a]]",
    "other = self\nother.a[0] = {k}",
    "other = self\nother.a = {fresh}",
    "def inner():\n    self.a[0] = {k}\ninner()",
    "(lambda: bump(self.a))()",
    "setattr(self, 'a', {fresh})",
    "self.__dict__['a'] = {fresh}",
    "vars(self).update(a={fresh})",
    "object.__setattr__(self, 'a', {fresh})",
    "self.a, self.b = self.b, self.a",
    "same(self).a[0] = {k}",
    "del self.a\nself.a = {fresh}",
    "with contextlib.suppress(IndexError):\n    self.a[0] = {k}",
    "self.__init__()",
    "Sender.__init__(self)",
)
_LEAKING = (
    "keep(self.a)",
    "KEPT.append(self.a)",
    "KEPT.append([self.a])",
    "STORE['a'] = self.a",
    "STORE['a'] = self.a[2:]",
    "KEPT.append(self.a.reshape(2, -1)[0])",
    "self.b = self.a",
    "self.b = self.a[1:]",
    "self.box = [self.a]",
    "HOOKS.append(lambda: bump(self.a))",
    "HOOKS.append(self.tune)",
    "KEPT.append(self)",
    "keepers_of_self.append(self)",
    "global G\nG = self.a",
    "return self.a",
    "return [self.a]",
    "return self",
    "yield self.a",
    "raise ValueError(self.a)",
)
_HARMLESS = (
    "log.append(len(self.a))",
    "log.append(float(self.a[0]))",
    "self.b = self.a.copy()",
    "self.count = {k}",
    "read(self.a)",
    "return float(self.a.sum())",
    "futures.append(total.remote(self.a, {k}))",
    "log.append(ray.get(total.remote(self.a)))",
    "futures.append(total.remote(ray.put(self.a), {k}))",
    "futures.extend([total.remote(self.a, j) for j in range(2)])",
    "futures.append(nested.remote([self.a]))",
    "return sorted(locals())",
    "self.count = {k}",
)
_OF_B = ("self.b[0] = {k}", "bump(self.b)", "self.box[0][0] += 1", "tick()", "fire()", "self.b = {fresh}", "pass")
_STEPS = ("return {f}.remote(self.a, i)",) * 8 + (
    "return {f}.remote(a=self.a, i=i)",
    "return {f}.remote(i=i, a=self.a)",
    "futures.append({f}.remote(self.a, i))",
    "futures.append({f}.remote(self.a, i))\nreturn {f}.remote(self.a)",
    "future = {f}.remote(self.a, i)\nself.tune()\nreturn future",
    "self.tune()\nreturn {f}.remote(self.a, i)",
    "if i:\n    return {f}.remote(self.a, i)\nreturn {f}.remote(self.a)",
    "x = self.a\nreturn {f}.remote(x, i)",
    "return {f}.remote(self.a[1:], i)",
    "return send(self.a, i)",
    "try:\n    return {f}.remote(self.a, i)\nexcept TypeError:\n    return None",
    "return {f}.remote(self.a, i) if i < 2 else None",
    "return (lambda: {f}.remote(self.a, i))()",
    "return [{f}.remote(self.a, j) for j in range(2)][0]",
    "return {f}.options(name='step').remote(self.a, i)",
)
_CALLS = (
    "futures.append(s.step({k}))",
    "for i in range(3):\n    futures.append(s.step(i))",
    "futures.extend([s.step(i) for i in range(2)])",
    "s.run()",
    "s.run()",
    "s.tune()",
    "s.tune()",
    "s.note()",
)
_OUTSIDE = (
    "s.a[0] = {k}",
    "s.a = {fresh}",
    "s.a += 1",
    "bump(s.a)",
    "x = s.a\nx[0] += 1",
    "s.b = {fresh}",
    "s.b[0] = {k}",
    "s.extra = {k}",
    "setattr(s, 'a', {fresh})",
    "s.__dict__['a'] = {fresh}",
    "vars(s).update(a={fresh})",
    "t = copy.copy(s)\nt.a = {fresh}\nfutures.append(t.step(1))",
    "t = copy.deepcopy(s)\nt.a[0] = {k}\nfutures.append(t.step(1))",
    "t = s\nt.a = {fresh}",
    "t = Sender()\nfutures.append(t.step(1))",
    "futures.append(Sender().step({k}))",
    "for t in [s, Sender()]:\n    futures.append(t.step(1))",
    "t = Sender.__new__(Sender)\nt.a = {fresh}\nfutures.append(t.step(2))",
    "tick()",
    "fire()",
    "log.append(sorted(vars(s)))",
    "log.append(sorted(s.__dict__))",
    "log.append(len(dir(s)))",
    "log.append(s == s)",
    "log.append(hasattr(s, 'a_ref'))",
    "log.append(getattr(s, 'a_ref', {k}))",
    "s.__init__()",
    "Sender.tune(s)",
    "Sender.step = lambda self, i=0: total.remote(self.a * 2, i)",
    "Sender.a_ref = {k}",
    "s.step = lambda i=0: {f}.remote(s.a, i)",
    "step = s.step\nfutures.append(step({k}))",
    "futures.extend(map(s.step, range(2)))",
    "keep(s)",
    "KEPT.append(s)\nKEPT[-1].a = {fresh}",
    "keep(s.a)\ntick()",
    "x = s.tune()\nfor each in x or ():\n    bump(each) if hasattr(each, 'fill') else 0",
    "x = s.note()\nif hasattr(x, 'fill'):\n    x[0] = {k}",
    "for x in s.note() or ():\n    if hasattr(x, 'fill'):\n        x[0] = {k}",
    "def go(i=0):\n    return s.step(i)\nfutures.append(go(1))",
    "@ray.remote\ndef work():\n    return ray.get(s.step(1))\nfutures.append(work.remote())",
    "ray.put(s)",
    "futures.append(nested.remote([s.a]))",
    "futures.append(total.remote(s.a))",
    "apply(s.tune)",
    "with contextlib.suppress(ValueError):\n    s.note()",
)
_ABOUT_RAY = (
    "ray.shutdown()",
    "ray.shutdown()\nray.init()",
    "ray.init(num_cpus=2, ignore_reinit_error=True)",
    "log.append(ray.is_initialized())",
    "if not ray.is_initialized():\n    ray.init()",
    "apply(ray.is_initialized)",
)
_OTHERS = (
    "class Other:\n    def __init__(self):\n        self.a = {fresh}\n\n    def step(self):\n        self.a[0] = {k}",
    "class Other(Sender):\n    def tune(self):\n        self.a = {fresh}",
    "class Other(Sender):\n    def tune(self):\n        self.a[0] = {k}",
    "class Other(Sender):\n    def __init__(self):\n        self.a = {fresh}",
    "class Other(Sender):\n    def __init__(self):\n        super().__init__()\n        self.a = {fresh}",
    "class Other(Sender):\n    a_ref = {k}",
    "class Other(Sender):\n    def step(self, i=0):\n        return total.remote(self.a * 2, i)",
    "class Other(Sender):\n    pass",
)


def of_objects(choices: Choices) -> Program:
    """A program about one class whose methods send what their objects hold."""
    about_ray = chance(choices, 12)
    calm = pick(choices, (100, 90, 75, 50))
    lines = [_class(choices, calm), *_main(choices, calm, about_ray=about_ray), REPORT]
    starting = pick(choices, _STARTING)
    text = "\n".join([*([starting] if starting and not about_ray else []), *lines]).replace("keepers_of_self", "KEPT")
    own = {
        "make_value": f"def make_value():\n    return {_fresh(choices)}",
        "G": f"G = {_fresh(choices)}",
        "send": "def send(a, i=0):\n    return total.remote(a, i)",
        "Base": _filled(choices, pick(choices, _BASE)),
    }
    source = "\n".join(["import ray", *definitions_for(text, own), text])
    return Program(source, on_cluster=not about_ray and "ray.init" not in source)


def _class(choices: Choices, calm: int) -> str:
    parameter = ", value=None" if chance(choices, 5) else ""
    binding = pick(choices, _BINDING)
    binding = binding if parameter or "value" not in binding.split() else _BINDING[0]
    first = ["self.b = {fresh}"] if chance(choices, 90) else _some(choices, _BEFORE, 1)
    after = _disturbing(choices, calm, (*_HARMLESS, *_OF_B))
    constructor = [
        *first,
        binding,
        *(line for line in after if not line.startswith(("return", "yield")) and "__init__" not in line),
    ]
    methods = [
        f"def __init__(self{parameter}):",
        *_inside(constructor),
        "",
        f"def step(self, i={choices.number(0, 3)}):",
        *_inside([pick(choices, _STEPS)]),
        "",
        "def run(self):",
        *_inside(["for j in range(2):", "    futures.append(self.step(j))"]),
        "",
        *("def tune(self):", *_inside(_disturbing(choices, calm, (*_HARMLESS, *_OF_B)) or ["pass"]), ""),
        *("def note(self):", *_inside(_disturbing(choices, calm, (*_HARMLESS, *_OF_B)) or ["pass"]), ""),
    ]
    members = _some(choices, _MEMBERS, 1) if not chance(choices, calm) else []
    body = "\n".join(
        [pick(choices, _HEADS) if not chance(choices, calm) else _HEADS[0], *_inside([*members, *methods])]
    )
    return _filled(choices, body)


def _main(choices: Choices, calm: int, *, about_ray: bool) -> list[str]:
    found = [] if chance(choices, calm) else [_filled(choices, pick(choices, _OTHERS)), "o = Other()", "o.step()"]
    lines = ["s = Sender()"]
    for _ in range(choices.number(2, 5)):
        lines.append(pick(choices, _CALLS))
        if not chance(choices, calm):
            lines.append(pick(choices, _OUTSIDE))
        if about_ray and chance(choices, 30):
            lines.append(pick(choices, _ABOUT_RAY))
    text = _filled(choices, "\n".join(lines))
    if chance(choices, 40):
        declared = "    global G\n" if "G" in text.split() else ""
        return [
            *found,
            f"def main():\n{declared}" + "\n".join(_inside([text])),
            'if __name__ == "__main__":\n    main()',
        ]
    return [*found, text]


def _inside(lines: list[str]) -> list[str]:
    """The lines of pieces of text, one level deeper."""
    return indented("\n".join(lines).split("\n"))


def _disturbing(choices: Choices, calm: int, harmless: tuple[str, ...]) -> list[str]:
    if chance(choices, calm):
        return _some(choices, harmless, 2)
    return [*_some(choices, harmless, 1), pick(choices, (*_CHANGING, *_LEAKING)), *_some(choices, harmless, 1)]


def _some(choices: Choices, lines: tuple[str, ...], most: int) -> list[str]:
    return [pick(choices, lines) for _ in range(choices.number(0, most))]


def _fresh(choices: Choices) -> str:
    return pick(choices, _FRESH).format(k=choices.number(0, 7))


def _filled(choices: Choices, text: str) -> str:
    """The text with what is to stand in place of its marks, each time chosen anew."""
    while "{fresh}" in text:
        text = text.replace("{fresh}", _fresh(choices), 1)
    while "{f}" in text:
        text = text.replace("{f}", pick(choices, _CALLEES), 1)
    while "{k}" in text:
        text = text.replace("{k}", str(choices.number(0, 7)), 1)
    return text.replace("{{", "{").replace("}}", "}")
