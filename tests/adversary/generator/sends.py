"""How values are sent. In a template ``{v}`` is the value, ``{w}`` another one of its kind, ``{f}`` a remote callable,
``{k}`` a digit, ``{n}`` how often a loop runs, ``{t}`` and ``{u}`` new names, ``{e}`` an expression with an event."""

from __future__ import annotations

SINGLE = (
    "futures.append({f}.remote({v}, {k}))",
    "futures.append({f}.remote({v}))",
    "log.append(ray.get({f}.remote({v}, {k})))",
    "futures.append({f}.remote({v}, i={k}))",
    "futures.append({f}.remote(i={k}, a={v}))",
    "{f}.remote({v})",
    'futures.append({f}.options(name="named").remote({v}, {k}))',
)
REPEATED = (
    "for i in range({n}):\n    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    log.append(ray.get({f}.remote({v}, i)))",
    "futures.extend([{f}.remote({v}, i) for i in range({n})])",
    "{t} = [{f}.remote({v}, i) for i in range({n})]",
    "futures.extend({f}.remote({v}, i) for i in range({n}))",
    "log.extend(ray.get([{f}.remote({v}, i) for i in range({n})]))",
    "log.append(len({{{f}.remote({v}, i) for i in range({n})}}))",
    "{t} = {{i: {f}.remote({v}, i) for i in range({n})}}",
    "futures.extend([{f}.remote({v}, i) for i in range({n}) if flag])",
    "futures.extend([{f}.remote({v}, i) for j in range({n}) for i in range(j)])",
    "{t} = [[{f}.remote({v}, i) for i in range(2)] for j in range({n})]",
    "futures.extend(list(map(lambda i: {f}.remote({v}, i), range({n}))))",
    "futures.extend([{f}.remote(a, i) for a in [{v}, {w}] for i in range({n})])",
    "for a in [{v}, {w}]:\n    for i in range({n}):\n        futures.append({f}.remote(a, i))",
    "for {t} in keepers:\n    futures.append({t}.use.remote({v}, {k}))",
    "futures.extend([{t}.use.remote({v}, i) for i, {t} in enumerate(keepers)])",
    "for {t} in [Keeper.remote({v}, i) for i in range({n})]:\n    futures.append({t}.count.remote())",
    "{t} = 0\nwhile {t} < {n}:\n    {t} += 1\n    futures.append({f}.remote({v}, {t}))",
    "for i in range({n}):\n    if i == {k}:\n        break\n    futures.append({f}.remote({v}, i))\n"
    "else:\n    log.append({k})",
    "for i in range({n}):\n    if i % 2:\n        continue\n    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    try:\n        log.append(ray.get(fails.remote({v}, i)))\n"
    "    except ValueError:\n        futures.append({f}.remote({v}, i))",
)
WITH_EVENT = (
    "futures.extend([({e}, {f}.remote({v}, i))[1] for i in range({n})])",
    "futures.extend([({f}.remote({v}, i), {e})[0] for i in range({n})])",
    "futures.extend([{f}.remote({v}, i) for i in range({n}) if ({e}) is None])",
    "futures.extend([{f}.remote({v}, i) for i in [{k}, ({e}) is None]])",
    "for i in range({n}):\n    futures.append({f}.remote({v}, ({e}) is None))",
    "for i in range({n}):\n    futures.append({f}.remote({v}, i))\n    {e}",
    "for i in range({n}):\n    {e}\n    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    if i == 1:\n        {e}\n    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    if flag:\n        {e}\n        break\n    futures.append({f}.remote({v}, i))\n"
    "futures.append({f}.remote({v}, {k}))",
    "for i in range({n}):\n    if flag:\n        {e}\n        continue\n    futures.append({f}.remote({v}, i))",
    "{t} = 0\nwhile {t} < {n} and ({e}) is None:\n    {t} += 1\n    futures.append({f}.remote({v}, {t}))",
    "futures.extend(list(map(lambda i: ({f}.remote({v}, i), {e})[0], range({n}))))",
    "{t} = (({e}, {f}.remote({v}, i))[1] for i in range({n}))\nfutures.extend({t})",
    "for i in range({n}):\n    futures.append({f}.remote({v}, i))\nelse:\n    {e}\n"
    "futures.append({f}.remote({v}, {k}))",
    "futures.append({f}.remote({v}, {k}))\n{e}\nfutures.append({f}.remote({v}, {k}))",
    "for i in range({n}):\n    try:\n        {e}\n        risky(i)\n    except ValueError:\n"
    "        futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    try:\n        risky(i)\n    except ValueError:\n        {e}\n"
    "    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    try:\n        risky(i)\n    finally:\n        {e}\n"
    "    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    try:\n        risky(i)\n    except ValueError:\n        pass\n    else:\n        {e}\n"
    "    futures.append({f}.remote({v}, i))",
    "for i in range({n}):\n    with contextlib.suppress(ValueError):\n        risky(i)\n        {e}\n"
    "    futures.append({f}.remote({v}, i))",
)
REACHING = (
    "def {t}(i):\n    return {f}.remote({v}, i)\nfor i in range({n}):\n    futures.append({t}(i))",
    "def {t}(i=0):\n    futures.append({f}.remote({v}, i))\nfor i in range({n}):\n    {t}(i)\n{t}()",
    "def {t}(i):\n    return [{f}.remote({v}, j) for j in range(i)]\nfor i in range({n}):\n    futures.extend({t}(i))",
)
"""A function sends what it is not given, and is called repeatedly."""
REACHING_WITH_EVENT = (
    "def {t}(i):\n    return {f}.remote({v}, i)\nfor i in range({n}):\n    futures.append({t}(i))\n    {e}",
    "def {t}(i):\n    {e}\n    return {f}.remote({v}, i)\nfor i in range({n}):\n    futures.append({t}(i))",
    "def {t}(i):\n    {u} = {f}.remote({v}, i)\n    {e}\n    return {u}\nfor i in range({n}):\n"
    "    futures.append({t}(i))",
    "def {t}(i):\n    return {f}.remote({v}, i)\nfutures.append({t}({k}))\n{e}\nfor i in range({n}):\n"
    "    futures.append({t}(i))",
)
LATER = (
    ("{t} = lambda i=0: {f}.remote({v}, i)", "futures.append({t}({k}))"),
    ("{t} = ({f}.remote({v}, i) for i in range({n}))", "futures.extend({t})"),
    ("{t} = ({f}.remote({v}, i) for i in range({n}))", "futures.append(next({t}, None))"),
    ("{t} = map(lambda i: {f}.remote({v}, i), range({n}))", "futures.extend({t})"),
    ("def {t}(i=0):\n    return {f}.remote({v}, i)", "futures.append({t}({k}))"),
    ("def {t}(i=0):\n    return [{f}.remote({v}, j) for j in range(i)]", "futures.extend({t}({k}))"),
    ("def {t}(a={v}):\n    return [{f}.remote(a, j) for j in range({n})]", "futures.extend({t}())"),
    ("def {t}(i=0):\n    yield {f}.remote({v}, i)\n    yield {f}.remote({v}, i + 1)", "futures.extend({t}({k}))"),
    ("class {t}:\n    def send(self, i):\n        return {f}.remote({v}, i)", "futures.append({t}().send({k}))"),
    ("{t} = functools.partial({f}.remote, {v})", "futures.append({t}({k}))"),
)
"""Made at one place, sent at another."""

EXPRESSIONS = {
    "array": (
        "{v}.T",
        "{v}[:115]",
        "{v}[{m}:]",
        "{v} * 2",
        "{v} + {w}",
        "{v}.copy()",
        "{v}.reshape(-1)",
        "{v}.reshape({k}, 7)",
        "{v}.reshape({m} + 1, -1)",
        "np.sqrt({v})",
        'np.array({v}, dtype="f8")',
        "np.concatenate([{v}, {w}])",
        "({v}, {w})",
        "[{v}, {k}]",
        "[{v}, i]",
        '{{"a": {v}, "i": {k}}}',
        "{v} if flag else {w}",
        "same({v})",
        "front({v})",
        "doubled({v})",
        "stamped({v})",
        "choose({v}, {w})",
        "np.random.rand(120, 120)",
        "np.full((120, 120), {k}.0)",
        "np.full((120, 120), {m} + 0.0)",
        "{v} / ({m} - 1)",
        "Box({v})",
        "functools.reduce(np.add, [{v}, {w}])",
    ),
    "rows": (
        "{v}[0]",
        "{v}[{m}]",
        "({v}[0], {v}[1])",
        "{v}[::-1]",
        "[*{v}, {k}]",
        "{v} + {w}",
        "same({v})",
        "({v}, {m})",
    ),
    "pair": ("{v}[0]", "{v}[:1]", "({v}, {k})", "{v} + {w}", "same({v})"),
    "table": ('{v}["a"]', "{{**{v}, 'c': {k}}}", "dict({v})", "({v}, {m})", "same({v})"),
    "list": ("{v}[1:]", "{v} + [{k}]", "tuple({v})", "sorted({v})", "({v}, {m})", "same({v})"),
    "bytes": ("{v}[1:]", "({v}, {k})", "{v} + {v}", "same({v})"),
}
"""Expressions that are sent; whether they are always the same depends on the program around them."""

SENDING_EXPRESSIONS = (
    "for i in range({n}):\n    futures.append(nested.remote({x}))",
    "for i in range({n}):\n    futures.append(nested.remote({x}, i=[i]))",
    "futures.extend([nested.remote({x}) for i in range({n})])",
    "for i in range({n}):\n    futures.append(nested.remote(*[{x}, [i]]))",
    "for i in range({n}):\n    futures.append(nested.remote(ray.put({x}), [i]))",
    "for i in range({n}):\n    futures.append(nested.remote([{x}, i]))",
    '{t} = {{"a": {x}}}\nfor i in range({n}):\n    futures.append(nested.remote(**{t}, i=[i]))',
    "{t} = ({x}, [{k}])\nfor i in range({n}):\n    futures.append(nested.remote(*{t}))",
    "{t} = ray.put({x})\n{u} = ray.get({t})\nfor i in range({n}):\n    futures.append(nested.remote({u}, [i]))",
    "{t} = nested.remote([{x}])\nfor i in range({n}):\n    futures.append(nested.remote([{t}], {x}))",
    "for i in range({n}):\n    {e}\n    futures.append(nested.remote({x}))",
    "for i in range({n}):\n    futures.append(nested.remote({x}))\n    {m} += 1",
    "for {m} in range({n}):\n    futures.append(nested.remote({x}))",
    "for i in range({n}):\n    if i == 1:\n        {e}\n    futures.append(nested.remote({x}))",
    "for i in range({n}):\n    futures.append(nested.remote({x}))\n    {e}",
    "for i in range({n}):\n    try:\n        futures.append(nested.remote({x}))\n"
    "    except Exception:\n        {m} = 2",
)
