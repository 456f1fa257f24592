"""What takes a value along when it is sent: objects, methods, functions, containers, views, copies, results.

Placeholders as in ``events.py``. Each of them is made of the value, sent as one of a few expressions, and changed by
what happens to the value, or to what else is taken along.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """How ``{t}`` is made of the value, what of it is sent and to which callee, and what changes it."""

    made: str
    sent: tuple[str, ...] = ("{t}",)
    callee: str = "look"
    events: tuple[str, ...] = ()


OF_THE_VALUE = (
    "bump({v})",
    "{v}[0] = {k}",
    "{v}.fill({k})",
    "{v} = {fresh}",
    "{v} += 1",
    "{v}[1] += 1",
    "print(0)",
)
"""What may happen to the value that is carried."""

_OF_OBJECTS = (
    "{t}.a = {fresh}",
    "{t}.a[0] = {k}",
    "{t}.a = {v}",
    "{t}.a += 1",
    "{t}.heat()",
    "{t}.swap({fresh}) if hasattr({t}, 'swap') else 0",
    "{t}.note({k})",
    "{t}.notes.append({k})",
    "{t}.extra = {k}",
    "bump({t}.a)",
    "keep({t}.a)\ntick()",
    "Crate.unit = {k}",
    "Crate.unit += 1",
    "setattr(Crate, 'unit', {k})",
    "type({t}).unit = {k}",
    "{t}.__class__.unit = {k}",
    "Hot.regrade({k})",
    "regrade(Crate, {k})",
    "Crate.weigh = lambda self: {k}",
    "{t}.weigh = lambda: {k}",
    "Tabled.table[0] = {k}",
    "Tabled.table = [{k}]",
    "rescale({k})",
    "LIMITS[0] = {k}",
    "apply(rescale, {k})",
    "reheat({t})",
    "{u} = {t}\n{u}.heat()",
    "{u} = {t}.a\nbump({u})",
    "for {u} in [{t}]:\n    {u}.heat()",
    "print({t}.weigh())",
    "print(len({t}.notes))",
    "print(Crate.unit)",
    "vars({t})['a'] = {fresh}",
    "{t}.__dict__.update(a={fresh})",
    "{t} = {w}",
    "del {t}.a\n{t}.a = {fresh}",
)

_OBJECTS = tuple(
    Carrier(made, sent, callee, _OF_OBJECTS)
    for made, sent, callee in (
        ("{t} = Plain({v})", ("{t}",), "weigh"),
        ("{t} = Plain({fresh})", ("{t}",), "weigh"),
        ("{t} = Crate({v})", ("{t}",), "weigh"),
        ("{t} = Crate({fresh})", ("{t}",), "weigh"),
        ("{t} = Crate({fresh})", ("{t}.weigh", "{t}.loaded"), "called"),
        ("{t} = Plain({fresh})", ("{t}.weigh",), "called"),
        ("{t} = Special({fresh})", ("{t}",), "weigh"),
        ("{t} = Tabled({fresh})", ("{t}",), "weigh"),
        ("{t} = Hot({fresh})", ("{t}",), "weigh"),
        ("{t} = Limited({fresh})", ("{t}",), "weigh"),
        ("{t} = Scaled({fresh})", ("{t}",), "weigh"),
        ("{t} = Record({v})", ("{t}",), "weigh"),
        ("{t} = Record({fresh})", ("{t}",), "weigh"),
        ("{t} = Record({fresh}, {k})", ("{t}", "{t}.weigh"), "weigh"),
        ("{t} = Counted({fresh})", ("{t}",), "weigh"),
        ("{t} = Stamped({fresh})", ("{t}",), "weigh"),
        ("{t} = Outer({fresh})", ("{t}",), "weigh"),
        ("{t} = Outer({v})", ("{t}", "{t}.inner"), "weigh"),
        ("{t} = Noting({fresh})", ("{t}",), "weigh"),
        ("{t} = Shared({fresh})", ("{t}",), "weigh"),
        ("{t} = copy.copy(Crate({v}))", ("{t}",), "weigh"),
        ("{t} = copy.deepcopy(Crate({v}))", ("{t}",), "weigh"),
        ("{t} = made_crate({v})", ("{t}",), "weigh"),
        ("{t} = made_crate()", ("{t}",), "weigh"),
        ("{t}, {u} = Crate({fresh}), {k}", ("{t}",), "weigh"),
        ("{t} = [Crate({fresh}), {k}]", ("{t}",), "count"),
        ("{t} = {{'a': Scaled({fresh})}}", ("{t}",), "count"),
    )
)

_OF_FUNCTIONS = (
    "rescale({k})",
    "LIMITS[0] = {k}",
    "Crate.unit = {k}",
    "Tabled.table[0] = {k}",
    "scaled.by = {k}",
    "defaulted()[0] = {k}",
    "scaled = doubled",
    "apply(rescale, {k})",
    "{t} = lambda: {k}",
    "{t}.note = {k}",
    "print({t}())",
)
_MADE_FUNCTIONS = (
    "{t} = lambda: {v}.sum()",
    "{t} = lambda i=0: float({v}.sum()) + i",
    "{t} = lambda a={v}: a.sum()",
    "{t} = lambda: ({v}, {w})",
    "{u} = {k}\n{t} = lambda: {v}.sum() * {u}",
    "{u} = [{k}]\n{t} = lambda: {v}.sum() * {u}[0]",
    "def {t}():\n    return {v}.sum()",
    "def {t}(i=0, *, j={k}):\n    return {v}.sum() + j",
    "def {t}(i=[]):\n    i.append(1)\n    return {v}.sum() + len(i)",
    "def {t}():\n    def inner():\n        return {v}.sum()\n    return inner()",
    "def {u}():\n    return {v}.sum()\ndef {t}():\n    return {u}()",
    "{u} = lambda: {v}.sum()\ndef {t}():\n    return {u}()",
    "{t} = lambda: scaled({v}).sum()",
    "def {t}():\n    return scaled({v})",
    "{t} = lambda: (limited(), {v}.sum())",
    "{t} = lambda: (defaulted(), {v}.sum())",
    "{t} = lambda: (marked(), {v}.sum())",
    "{t} = lambda: (Crate.unit, {v}.sum())",
    "{t} = lambda: (Tabled.table, {v}.sum())",
    "{t} = lambda: Crate({v}).weigh()",
    "{t} = lambda: Scaled({v}).weigh()",
    "{t} = lambda: (LIMITS, {v})",
    "{t} = lambda: (SCALE, {v})",
    "{t} = functools.partial(same, {v})",
    "{t} = functools.partial(scaled, {v})",
    "{t} = {v}.sum",
    "{t} = {v}.copy",
    "{u} = Crate({v})\n{t} = {u}.weigh",
    "{u} = Crate({v})\n{t} = lambda: {u}.weigh()",
    "{u} = Scaled({v})\n{t} = lambda: {u}.weigh()",
    "class {u}:\n    by = {k}\n{t} = lambda: {v}.sum() * {u}.by",
    "def {u}(b):\n    def inner():\n        return b.sum()\n    return inner\n{t} = {u}({v})",
    "{u} = 0\ndef {t}():\n    return {v}.sum() + {u}",
)
_FUNCTIONS = tuple(
    Carrier(made, ("{t}",), "called", (*_OF_FUNCTIONS, *(("{u} = 3",) if "{u} = " in made else ())))
    for made in _MADE_FUNCTIONS
) + (
    Carrier(
        "{u} = {k}\n{t} = lambda: ({v}.sum(), {u})",
        ("{t}",),
        "called",
        ("{u} += 1", "{u} = 5", "for {u} in range(2):\n    pass"),
    ),
    Carrier(
        "{u} = [1]\n{t} = lambda: ({v}.sum(), {u})", ("{t}",), "called", ("{u}.append(2)", "{u}[0] += 1", "{u} = 1")
    ),
    Carrier(
        "class {u}:\n    by = {k}\n{t} = lambda: ({v}.sum(), {u}.by)",
        ("{t}",),
        "called",
        ("{u}.by += 1", "{u}.other = 2"),
    ),
    Carrier(
        "def {u}():\n    return 1\n{t} = lambda: ({v}.sum(), {u}())",
        ("{t}",),
        "called",
        ("{u}.by = 1", "def {u}():\n    return 2", "{u} = doubled"),
    ),
    Carrier(
        "{t} = lambda: {v}.sum()",
        ("lambda: {v}.sum()", "lambda: ({v}, SCALE)", "lambda: scaled({v})"),
        "called",
        _OF_FUNCTIONS,
    ),
)

_OF_LISTS = (
    "{t}.append({fresh})",
    "{t}.append({k})",
    "{t}.extend([{fresh}])",
    "{t}.insert(0, {k})",
    "{t} += [{k}]",
    "{t}.pop()",
    "{t}.clear()",
    "del {t}[0]",
    "{t}[0] = {k}",
    "{t}[0].fill({k})",
    "{t}[-1][0] = {k}",
    "{t}[:1] = []",
    "{t}.reverse()",
    "{t}.sort(key=len)",
    "{t} = {t}[:1]",
    "{t} = {t} + [{k}]",
    "for {u} in {t}:\n    bump({u})",
    "add_to({t}, {k})",
    "keep({t}[0])\ntick()",
    "{u} = {t}\n{u}.append({k})",
    "print(len({t}))",
)
_LISTS = tuple(
    Carrier(made, ("{t}", "{t}[:2]", "({t}, {k})"), "look", _OF_LISTS)
    for made in (
        "{t} = []\nfor j in range(2):\n    {t}.append({fresh})",
        "{t} = []\nfor j in range(2):\n    {t}.append({v})",
        "{t} = []\nfor j in range(2):\n    {t}.append({v} + j)",
        "{t} = []\nfor j in range(len(log)):\n    {t}.append({fresh})\n{t}.append({v})",
        "{t} = []\n{t}.append({v})\n{t}.append({v}.copy())",
        "{t} = [{fresh}]\n{t}.insert(0, {k})",
        "{t} = [{fresh}]\n{t} += [{v}]",
        "{t} = []\n{t}.extend([{v}, {w}])",
        "{t} = []\n{t}.extend({v} for j in range(2))",
        "{t} = []\nwhile len({t}) < 3:\n    {t}.append({v})",
        "{t} = []\nfor j in range(3):\n    if j:\n        {t}.append({fresh})",
        "{t} = []\nfor j in range(3):\n    if j == 1:\n        break\n    {t}.append({fresh})",
        "{t} = [{v}] * 2",
        "{t} = [0.5] * 13_000\n{t}.append({k})",
        "{t} = []\nfor j in range(14_000):\n    {t}.append(j + 0.5)",
        "{t} = list({v})",
        "{t} = {v}.tolist()",
        "{t} = [row for row in {v}]",
        "{t} = [row.copy() for row in {v}]",
        "{t} = copy.copy([{v}])",
        "{t} = copy.deepcopy([{v}])",
        "{t} = sorted([{v}], key=len)",
        "{t} = [*[{v}], {k}]",
        "{u} = {{'a': {v}}}\n{t} = list({u}.values())",
        "{u} = [{v}]\n{t} = {u}[:]",
        "{u} = [{v}]\n{t} = {u}.copy()",
        "{u} = [{v}]\n{t} = [each for each in {u}]",
    )
)

_OF_TABLES = (
    "{t}['b'] = {k}",
    "{t}['a'] = {fresh}",
    "{t}['a'].fill({k})",
    "{t}['a'][0] = {k}",
    "{t}['a'] += 1",
    "{t}.update(b={k})",
    "{t}.update({{'a': {fresh}}})",
    "{t} |= {{'b': {k}}}",
    "{t}.setdefault('c', {k})",
    "{t}.pop('a')",
    "del {t}['a']",
    "{t}.clear()",
    "for {u} in {t}.values():\n    bump({u})",
    "for {u}, each in {t}.items():\n    each[0] = {k}",
    "bump({t}.get('a'))",
    "keep({t}['a'])\ntick()",
    "{t} = dict({t}, b={k})",
    "print(len({t}))",
)
_TABLES = tuple(
    Carrier(made, ("{t}",), "look", _OF_TABLES)
    for made in (
        "{t} = {{}}\n{t}['a'] = {v}",
        "{t} = {{}}\nfor j in 'ab':\n    {t}[j] = {fresh}",
        "{t} = {{}}\nfor j in 'ab':\n    {t}['a'] = {v} + 1",
        "{t} = {{}}\n{t}.update(a={fresh})",
        "{t} = dict(a={v})",
        "{t} = {{j: {fresh} for j in 'ab'}}",
        "{t} = {{j: {v} for j in 'ab'}}",
        "{u} = {{'a': {v}}}\n{t} = {{k: v for k, v in {u}.items()}}",
        "{u} = {{'a': {v}}}\n{t} = {{k: v.copy() for k, v in {u}.items()}}",
        "{u} = {{'a': {v}}}\n{t} = {{k: v[:100] for k, v in {u}.items()}}",
        "{u} = {{'a': {v}}}\n{t} = {{k: v.reshape(-1) for k, v in {u}.items()}}",
        "{u} = {{'a': {v}}}\n{t} = {{**{u}}}",
        "{u} = {{'a': {v}}}\n{t} = {u}.copy()",
        "{u} = {{'a': {v}}}\n{t} = copy.copy({u})",
        "{u} = {{'a': {v}}}\n{t} = copy.deepcopy({u})",
        "{u} = {{'a': {v}}}\n{t} = dict({u}.items())",
        "{t} = {{'a': [{v}]}}\n{t}['a'].append({k})\n{t}['a'] = {t}['a'][0]",
    )
)

_OF_ARRAYS = (
    "{t}[0] = {k}",
    "{t} += 1",
    "{t}.fill({k})",
    "bump({t})",
    "np.copyto({t}, {k})",
    "{t}.sort()",
    "{t} = {t} + 1",
    "keep({t})\ntick()",
    "{v}.T[0] = {k}",
    "{v}.reshape(-1)[0] = {k}",
    "{u} = {v}[:5]\n{u}[0] = {k}",
    "np.add({v}, 1, out={v})",
    "np.exp({v} * 0, {v})",
    "np.random.shuffle({v})",
    "for {u} in {v}:\n    {u}[0] = {k}",
    "{v}[{v} > 0] = {k}",
    "{v}.flat[0] = {k}",
    "{v}.real[0] = {k}",
    "np.put({v}, 0, {k})",
    "np.ravel({v})[0] = {k}",
    "np.asarray({v})[0] = {k}",
)
_ARRAYS = tuple(
    Carrier(f"{{t}} = {made}", ("{t}", "{t}[:110]", "{t} * 2"), "total", _OF_ARRAYS)
    for made in (
        "{v}.reshape(-1)",
        "{v}.reshape(60, 240)",
        "np.reshape({v}, -1)",
        "{v}.ravel()",
        "np.ravel({v})",
        "{v}.T.ravel()",
        "{v}.flatten()",
        "{v}.T",
        "{v}.transpose()",
        "{v}.swapaxes(0, 1)",
        "np.transpose({v})",
        "np.asarray({v})",
        "np.asarray({v}, dtype=float)",
        "np.ascontiguousarray({v})",
        "np.array({v})",
        "np.array({v}, copy=False)",
        "np.array({v}, copy=None)",
        "np.array({v}, None, copy=None)",
        "np.array([{v}, {w}])",
        "np.asarray([{v}, {w}])",
        "{v}.squeeze()",
        "np.squeeze({v})",
        "{v}[:]",
        "{v}[...]",
        "{v}[None]",
        "{v}[:119]",
        "{v}[::-1]",
        "{v}[1:, 1:]",
        "{v}[list(range(120))]",
        "{v}[{v} > -1]",
        "{v}.astype(float)",
        "{v}.astype(float, copy=False)",
        "{v}.astype('f4').repeat(4)",
        "{v}.view()",
        "{v}.view('i8')",
        "{v}.copy()",
        "np.copy({v})",
        "copy.copy({v})",
        "copy.deepcopy({v})",
        "np.flip({v})",
        "np.flip({v}, 0)",
        "np.sort({v})",
        "np.broadcast_to({v}, (2, 120, 120))",
        "np.expand_dims({v}, 0)",
        "np.moveaxis({v}, 0, 1)",
        "np.split({v}, 1)[0]",
        "np.array_split({v}, 1)[0]",
        "np.concatenate([{v}])",
        "np.concatenate([{v}, {w}])",
        "np.stack([{v}, {w}])",
        "np.vstack([{v}])",
        "np.append({v}, {v})",
        "np.tile({v}, 2)",
        "np.repeat({v}, 2)",
        "np.where({v} > 0, {v}, 0)",
        "np.clip({v}, 0, 9)",
        "np.maximum({v}, 0)",
        "np.abs({v})",
        "np.atleast_2d({v})",
        "np.nan_to_num({v}, copy=False)",
        "np.real({v})",
        "{v}.real",
        "{v}.round()",
        "{v}.clip(0, 9)",
        "{v}.dot({w})",
        "{v} @ {w}",
        "{v} + 0",
        "+{v}",
        "-{v}",
        "abs({v})",
        "{v}.cumsum()",
        "np.zeros_like({v})",
        "np.full_like({v}, {k})",
        "np.meshgrid({v}, [1])[0]",
        "np.ma.asarray({v})",
        "np.lib.stride_tricks.as_strided({v})",
        "same({v})",
        "front({v})",
        "doubled({v})",
        "viewed({v})",
        "viewed_or_copied({v})",
        "twice({v})[0]",
        "filled()",
        "filled(130)",
        "filled(count=130)",
        "filled({m} + 120)",
        "np.full(({m} + 120, 120), 1.0)",
        "np.zeros((120, 120), dtype=object)",
        "np.array([{v}, None], dtype=object)",
        "np.array([[{v}], [1]], dtype=object)",
        "pd.DataFrame({v}).values",
        "pd.DataFrame({v}).to_numpy()",
        "np.asarray(pd.DataFrame({v}))",
        "np.array(pd.DataFrame({v}))",
        "pd.DataFrame({v}, copy=False).T.values",
        "pd.DataFrame({{'a': {v}[0]}}).values.repeat(200)",
    )
)
_OF_FRAMES = (
    "{t}.loc[0, 0] = {k}",
    "{t}.iloc[0, 0] = {k}",
    "{t}[0] = {k}",
    "{t}['new'] = {k}",
    "{t} = {t} + 1",
    "{t} *= 2",
    "{t}.drop(0, inplace=True)",
    "{t}.values.flags.writeable = True\n{t}.values[0] = {k}",
    "{t}.to_numpy()[0] = {k}",
    "{t}.columns = range(120)",
    "{t}.attrs['a'] = {k}",
    "{t}.index.name = 'a'",
    "{t}.sort_values(0, ascending=False, inplace=True)",
    "{t}.pop(0)",
    "{t}.insert(0, 'n', {k})",
    "print({t}.shape)",
)
_FRAMES = tuple(
    Carrier(made, ("{t}", "{t}.T", "{t}[:110]", "{t}.values"), "look", _OF_FRAMES)
    for made in (
        "{t} = pd.DataFrame({v})",
        "{t} = pd.DataFrame({v}, copy=False)",
        "{t} = pd.DataFrame({fresh})",
        "{t} = pd.DataFrame({v}).copy()",
        "{t} = pd.DataFrame({v}).copy(deep=False)",
        "{t} = pd.DataFrame({v}).astype(float)",
        "{t} = pd.DataFrame({v}).rename(columns=str)",
        "{t} = pd.DataFrame({v}).reset_index()",
        "{t} = pd.DataFrame({v}).T",
        "{t} = pd.DataFrame({v})[:115]",
        "{t} = pd.concat([pd.DataFrame({v})])",
        "{u} = pd.DataFrame({v})\n{t} = pd.concat([{u}, {u}])",
        "{t} = pd.Series({v}.reshape(-1))",
        "{t} = pd.DataFrame({v})[0].repeat(200)",
        "{t} = pd.DataFrame({v}).melt()",
        "{t} = copy.copy(pd.DataFrame({v}))",
        "{t} = copy.deepcopy(pd.DataFrame({v}))",
        "{u} = pd.DataFrame({v})\n{t} = {u}.assign(a=1)",
        "{u} = pd.DataFrame({v})\n{t} = pd.DataFrame({u})",
    )
)

_RESULTS = tuple(
    Carrier(
        made,
        ("{t}", "{u}"),
        "total",
        ("{u}[0] = {k}", "{t}[0] = {k}", "{u} = {fresh}", "bump({u})", "keep({u})\ntick()"),
    )
    for made in (
        "{t}, {u} = twice({v})",
        "{t}, {u} = fresh_pair()",
        "{t}, {u} = pair_of({v})",
        "{t}, {u} = halves({v})",
        "{t}, *_, {u} = many({v})",
        "({t}, _), {u} = nested_pair({v})",
        "{t}, {u} = [twice({v}), 0][0]",
        "{t} = {u} = fresh_pair()[0]",
        "{t}, {u} = {v}, {v}",
        "{t}, {u} = {v}.copy(), {v}",
        "{t}, {u} = np.split({v}, 2)",
        "{t}, {u} = np.meshgrid({v}, {v}[:2])",
        "[{t}, {u}] = map(np.asarray, [{v}, {w}])",
        "{t}, {u} = np.linspace(0, 1, 20_000, retstep=True)[0], {v}",
        "{t}, {u} = np.unique({v} + np.eye(120), return_counts=True)[0], {v}",
        "{t}, {u} = kept_pair({v})",
        "{t} = {u} = remembered({k})",
        "{t} = {u} = maybe({v})",
    )
)
_FILES = (
    Carrier(
        "{t} = io.BytesIO(b'1' * 110_000)\n{u} = {t}.read()",
        ("{u}",),
        "look",
        ("{u} = {t}.read()", "{t}.seek(0)", "{u} += b'1'"),
    ),
    Carrier(
        "{t} = io.BytesIO(b'1' * 110_000)",
        ("{t}.read()", "{t}.getvalue()", "{t}.read(9)"),
        "look",
        ("{t}.seek(0)", "{t}.write(b'2')"),
    ),
    Carrier(
        "{t} = open(sys.executable, 'rb')\n{u} = {t}.read(150_000)",
        ("{u}",),
        "look",
        ("{u} = {t}.read(150_000)", "{t}.seek(0)", "{u} += b'1'"),
    ),
    Carrier(
        "{t} = open(sys.executable, 'rb')",
        ("{t}.read(150_000)", "{t}.readline()"),
        "look",
        ("{t}.seek(0)", "{t}.close()"),
    ),
    Carrier(
        "with open(sys.executable, 'rb') as {t}:\n    {u} = {t}.read(150_000)",
        ("{u}",),
        "look",
        ("{u} = {u}[1:]", "{u} += b'1'"),
    ),
)

CARRIERS = {
    "objects": _OBJECTS,
    "functions": _FUNCTIONS,
    "lists": _LISTS,
    "tables": _TABLES,
    "arrays": _ARRAYS,
    "frames": _FRAMES,
    "results": _RESULTS,
    "files": _FILES,
}

DEFINITIONS = {
    "io": "import io",
    "pd": "import pandas as pd",
    "SCALE": "SCALE = 1",
    "LIMITS": "LIMITS = [1]",
    "MEMORY": "MEMORY = {}",
    "called": """
@ray.remote
def called(function, i=0):
    return repr(function())[:200]
""",
    "count": """
@ray.remote
def count(box, i=0):
    return type(box).__name__, len(box)
""",
    "weigh": """
@ray.remote
def weigh(crate, i=0):
    return float(np.sum(getattr(crate, "weigh", crate)())) + i
""",
    "rescale": """
def rescale(number):
    global SCALE
    SCALE = number
""",
    "regrade": """
def regrade(kind, number):
    kind.unit = number
""",
    "reheat": """
def reheat(crate):
    crate.a[0] += 1
""",
    "scaled": """
def scaled(a):
    return a * SCALE
""",
    "limited": """
def limited():
    return LIMITS[0]
""",
    "defaulted": """
def defaulted(limits=[1]):
    return limits
""",
    "multiplied": """
def multiplied(function):
    return lambda *arguments: (function(*arguments), SCALE)
""",
    "marked": """
@multiplied
def marked():
    return 1
""",
    "Plain": """
class Plain:
    def __init__(self, a):
        self.a = a
        self.notes = []

    def weigh(self):
        return float(self.a.sum()) + len(self.notes)

    def heat(self):
        self.a[0] += 1

    def note(self, number):
        self.notes.append(number)
""",
    "Crate": """
class Crate:
    unit = 1

    def __init__(self, a):
        self.a = a
        self.notes = []

    def weigh(self):
        return float(self.a.sum()) * self.unit + len(self.notes)

    def loaded(self):
        return self.a

    def heat(self):
        self.a[0] += 1

    def note(self, number):
        self.notes.append(number)
""",
    "Tabled": """
class Tabled(Crate):
    table = [1]

    def __init__(self, a):
        self.a = a
        self.notes = []

    def weigh(self):
        return float(self.a.sum()) * self.table[0]
""",
    "Hot": """
class Hot:
    unit = 1

    def __init__(self, a):
        self.a = a

    @classmethod
    def regrade(cls, number):
        cls.unit = number

    def weigh(self):
        return float(self.a.sum()) * self.unit

    def swap(self, a):
        self.a = a

    def heat(self):
        self.swap(self.a + 1)
""",
    "Special": """
class Special(Crate):
    def weigh(self):
        return super().weigh() + 1
""",
    "Limited": """
class Limited(Plain):
    def weigh(self):
        return float(self.a.sum()) * limited()
""",
    "Scaled": """
class Scaled(Plain):
    def weigh(self):
        return float(self.a.sum()) * SCALE
""",
    "Record": """
@dataclass
class Record:
    a: object
    number: int = 0

    def weigh(self):
        return float(self.a.sum()) + self.number

    def heat(self):
        self.a[0] += 1
""",
    "Counted": """
class Counted(Plain):
    def __getstate__(self):
        COUNT[0] += 1
        return {"a": self.a, "notes": [COUNT[0]]}
""",
    "Stamped": """
class Stamped(Plain):
    def __reduce__(self):
        COUNT[0] += 1
        return Plain, (self.a + COUNT[0],)
""",
    "Outer": """
class Outer:
    def __init__(self, a):
        self.inner = Crate(a)
        self.a = self.inner.a

    def weigh(self):
        return self.inner.weigh()

    def heat(self):
        self.inner.heat()
""",
    "Noting": """
class Noting(Plain):
    def __init__(self, a):
        super().__init__(a)
        KEPT.append(a)
""",
    "Shared": """
class Shared(Plain):
    def __init__(self, a):
        self.a = a
        self.notes = LIMITS
""",
    "made_crate": """
def made_crate(a=None):
    if a is None:
        a = np.full((120, 120), 3.0)
    return Crate(a)
""",
    "viewed": """
def viewed(a):
    return a.reshape(-1)
""",
    "viewed_or_copied": """
def viewed_or_copied(a, copied=False):
    if copied:
        return a.copy()
    return a.T
""",
    "twice": """
def twice(a):
    return a, a.copy()
""",
    "fresh_pair": """
def fresh_pair():
    return np.full((120, 120), 1.0), np.zeros((120, 120))
""",
    "pair_of": """
def pair_of(a):
    b = a + 1
    KEPT.append(b)
    return b, a
""",
    "halves": """
def halves(a):
    return a[:60], a[60:]
""",
    "many": """
def many(a):
    return a, 1, 2, a.T
""",
    "nested_pair": """
def nested_pair(a):
    return (a, 1), a.copy()
""",
    "kept_pair": """
def kept_pair(a):
    pair = (a + 1, a)
    KEPT.extend(pair)
    return pair
""",
    "remembered": """
def remembered(number):
    if number not in MEMORY:
        MEMORY[number] = np.full((120, 120), number + 0.5)
        KEPT.append(MEMORY[number])
    return MEMORY[number]
""",
    "maybe": """
def maybe(a):
    if COUNT[0]:
        return np.full((120, 120), 3.0)
    return a
""",
    "filled": """
def filled(count=120, *, value=1.0):
    return np.full((count, 120), value)
""",
}
"""What only these need at the top of a program."""
