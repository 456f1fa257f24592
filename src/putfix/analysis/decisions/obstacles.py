"""Why a repeat is not rewritten: one function a reason.

The code of an obstacle is the name of its function with dashes. The docstring is what ``putfix --explain`` prints: what
the code means, a program with a mark at the line that causes it, and what the user can do. The sentence that the
function makes is what a run prints.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from typing import TypeVar

from putfix.analysis.flow.parts import (
    Bind,
    Change,
    Consume,
    Dispatch,
    Effect,
    Escape,
    Opaque,
    RayEffect,
    ReadItem,
    SetAttribute,
)
from putfix.model import Obstacle

_TEXT_LIMIT = 60

REASONS: dict[str, Callable[..., Obstacle]] = {}
"""The functions that make obstacles, by their codes, in the order of this file."""

_Reason = TypeVar("_Reason", bound=Callable[..., Obstacle])


def _code(reason: Callable[..., Obstacle]) -> str:
    return reason.__name__.replace("_", "-")


def _reason(function: _Reason) -> _Reason:
    """The decorator of the functions in ``REASONS``."""
    REASONS[_code(function)] = function
    return function


def shown(node: ast.AST) -> str:
    """The source of ``node`` on one line, shortened: the head of a compound statement."""
    if isinstance(node, ast.For | ast.AsyncFor):
        text = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        text = f"{node.name}"
    elif isinstance(node, ast.Module):
        text = "the module"
    else:
        text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 3]}..."


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _where(node: ast.AST, place: str) -> str:
    """The line of ``node``, and the file where that is another one than the one at hand."""
    return f"on line {_line(node)}" + (f" of {os.path.basename(place)}" if place else "")


def _obstacle(reason: Callable[..., Obstacle], node: ast.AST, sentence: str, place: str = "") -> Obstacle:
    return Obstacle(_code(reason), _line(node), sentence, place)


@_reason
def size_unknown(value: str, node: ast.AST) -> Obstacle:
    """Nothing in the file says that the value is larger than 100 KB, below which a put makes the call slower. Ray sends
    a smaller value along with the call, and keeps no object for it.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        def column_sums(shape):
            table = np.zeros(shape)
            return [column_sum.remote(table, i) for i in range(10)]  # the cause

    What you can do:
        Where you know that the value is large, write # putfix: large at the end of the line, or name the function or
        class that it comes from in the configuration, under large. Where you do not know, measure a run with
        python -m putfix.trace, and give putfix its --trace. Where the value is small, leave the call as it is: it is
        already the fastest.
    """
    return _obstacle(size_unknown, node, f"the size of {value} is not known")


@_reason
def may_be_a_reference(value: str, node: ast.AST, cause: ast.AST | None = None, place: str = "") -> Obstacle:
    """Nothing in the file says what the value is, or it is a reference in some cases. Ray refuses to put a reference.

    Example:
        import ray

        @ray.remote
        def predict(model, rows):
            return model.predict(rows)

        def predict_all(model, batches):
            return [predict.remote(model, rows) for rows in batches]  # the cause

    What you can do:
        Where you know that it is a large value, write model_ref = ray.put(model) above the loop yourself, and pass
        model_ref. Where it is a reference, leave it as it is.
    """
    where = f" ({shown(cause)} {_where(cause, place)})" if cause is not None else ""
    return _obstacle(may_be_a_reference, cause or node, f"{value} may be a reference already{where}", place)


@_reason
def contents_unknown(value: str, node: ast.AST, place: str = "", seen: tuple[int, int] | None = None) -> Obstacle:
    """The value holds something of unknown type or a reference, whose serialized form may change by itself, or whose
    life the put would prolong. Each call takes it as it is by then, and a put only once.

    Example:
        import numpy as np
        import ray
        from settings import load_settings

        @ray.remote
        def column_sum(job, column):
            return float(job["table"][:, column].sum()) * job["settings"].scale

        table = np.zeros((1000, 1000))
        job = {"settings": load_settings(), "table": table}  # the cause
        sums = ray.get([column_sum.remote(job, column) for column in range(10)])

    What you can do:
        Pass the large part in a variable and an argument of its own, and the rest in another: then putfix hoists the
        large part. Where nothing that the value holds changes between the calls, you can also put the whole yourself,
        above the loop.
    """
    sentence = f"{value} holds something of unknown type {_where(node, place)}"
    if seen is not None:
        sentence = f"{value} held object references or actor handles {_in_calls(*seen, node)}"
    return _obstacle(contents_unknown, node, sentence, place)


@_reason
def changed(value: str, cause: Effect) -> Obstacle:
    """The program changes the value between the calls, or something that may be the same object or share its memory. A
    reference stays what the value was when it was put.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        for column in range(10):
            table[:, column] = column  # the cause
            print(ray.get(column_sum.remote(table, column)))

    What you can do:
        Where each call needs the latest change, leave it as it is: each sends another value. Where the calls do not
        need the changes, make sent = table.copy() before the loop and pass sent. Where the changes can all be made
        before the first call, make them there.
    """
    how = "may be used up by iterating over" if isinstance(cause, Consume) else "is changed by"
    if isinstance(cause, Change) and not _has(value, cause.path.text) and not _has(cause.path.text, value):
        how = "may be changed by"  # what may be the same object
    return _obstacle(changed, cause.node, f"{value} {how} {shown(cause.node)} on line {_line(cause.node)}")


@_reason
def may_be_changed(value: str, cause: Effect) -> Obstacle:
    """Code that putfix cannot see had the value between the calls, and may have changed it. A reference stays what the
    value was when it was put.

    Example:
        import numpy as np
        import ray
        from preparation import normalise

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        data = np.zeros((1000, 1000))
        for column in range(10):
            normalise(data)  # the cause
            print(ray.get(column_sum.remote(data, column)))

    What you can do:
        Where that code changes nothing, or nothing that the calls need, write data_ref = ray.put(data) above the loop
        yourself, and pass data_ref. Where it is enough that it runs once, move it to before the loop: then putfix
        hoists the value after it.
    """
    line = _line(cause.node)
    if isinstance(cause, Dispatch):
        sentence = f"{value} may be changed by another thread at any time"
    elif isinstance(cause, Bind):
        sentence = f"{value} may be pickled with {cause.path.text}, which {shown(cause.node)} on line {line} binds"
    elif isinstance(cause, Opaque):
        sentence = f"{value} may be changed by code that {shown(cause.node)} runs on line {line}"
    else:
        sentence = f"{value} may be changed by {shown(cause.node)} on line {line}"
    return _obstacle(may_be_changed, cause.node, sentence)


@_reason
def may_be_unbound(value: str, node: ast.AST) -> Obstacle:
    """On some way through the program the name has no value where the put would stand. The put would raise an error
    there, even where no call is made.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        def column_sums(columns):
            if columns:
                table = np.zeros((1000, 1000))
            return [column_sum.remote(table, i) for i in columns]  # the cause

    What you can do:
        Give the name its value before the if, the loop or the try in which it gets it now: a variable of the module
        above the function, an attribute in __init__. Or move the calls to where it has its value.
    """
    return _obstacle(may_be_unbound, node, f"{value} may have no value yet on line {_line(node)}")


@_reason
def nested(value: str, node: ast.AST) -> Obstacle:
    """The value is sent inside of a list, tuple, set or dictionary that is another one in each call. Ray replaces a
    reference by its value only where it is an argument itself, so the task would find a reference in the container.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(job):
            table, column = job
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        jobs = [column_sum.remote((table, i)) for i in range(10)]  # the cause
        print(sum(ray.get(jobs)))

    What you can do:
        Give the remote function a parameter of its own for the large value: column_sum.remote(table, column). Then
        putfix hoists it.
    """
    return _obstacle(nested, node, f"{value} is sent inside of a container on line {_line(node)}")


@_reason
def starred(value: str, node: ast.AST) -> Obstacle:
    """The value is spread over the arguments with * or **. Each part of it may be small, large or a reference, and only
    unsafe fixes put them, one by one, where they are probably large.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def sum_of(column, *tables):
            return float(sum(table[:, column].sum() for table in tables))

        tables = [np.zeros((1000, 1000)) for _ in range(2)]
        jobs = [sum_of.remote(i, *tables) for i in range(10)]  # the cause
        print(ray.get(jobs))

    What you can do:
        Pass the large parts as arguments of their own: sum_of.remote(i, first, second). Or put them yourself, before
        the loop: table_refs = [ray.put(table) for table in tables], and pass *table_refs.
    """
    return _obstacle(starred, node, f"{value} is spread over the arguments with a star on line {_line(node)}")


@_reason
def may_fail(value: str, node: ast.AST) -> Obstacle:
    """Computing the value may raise an exception, and above the loop it would come earlier than it does now, or where
    the loop does not run at all.

    Example:
        import pandas as pd
        import ray

        @ray.remote
        def mean_of(table, group):
            return table[table["group"] == group].mean()

        table = pd.read_csv("table.csv")
        means = []
        for group in table["group"].unique():
            job = mean_of.remote(table[["group", "mass"]], group)  # the cause
            means.append(job)

    What you can do:
        Compute the value in a statement of its own, before the loop: small = table[["group", "mass"]]. Then putfix
        hoists small.
    """
    return _obstacle(
        may_fail, node, f"computing {shown(node)} on line {_line(node)} may fail, so it cannot come earlier"
    )


@_reason
def no_place(value: str, cause: ast.AST, reason: str = "") -> Obstacle:
    """The value becomes what it is in the middle of a statement, and a put can only stand between statements. Nor can
    it stand in the body of a class, where its name would be a new attribute.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        report = {
            "mean": (table := np.zeros((1000, 1000))).mean(),
            "sums": [column_sum.remote(table, i) for i in range(10)],  # the cause
        }

    What you can do:
        Give the value its name in a statement of its own, before the one that makes the calls. Move calls that stand in
        the body of a class into a function.
    """
    line = _line(cause)
    reason = reason or f"{value} becomes what is sent only inside the statement on line {line}"
    return _obstacle(no_place, cause, reason)


@_reason
def crosses_try(value: str, node: ast.AST, place: str = "") -> Obstacle:
    """The put would have to leave a try or with block, which could see the error if Ray can't start or the value can't
    be serialized. Outside of it, the program would treat that error differently.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        for column in range(10):
            try:  # the cause
                print(ray.get(column_sum.remote(table, column)))
            except ray.exceptions.RayError:
                print(f"column {column} failed")

    What you can do:
        Call ray.init() first, where the value is an array of numbers, a text, or read from a file: then nothing can
        fail. Or let the try or with block stand around the whole loop: then there is a place for the put inside of it.
    """
    word = "with" if isinstance(node, ast.With | ast.AsyncWith) else "try"
    sentence = f"the put of {value} would leave the {word} block {_where(node, place)}"
    return _obstacle(crosses_try, node, sentence, place)


@_reason
def runs_later(value: str, node: ast.AST) -> Obstacle:
    """The call stands in a lambda or generator that runs later, when the value may be another one. A put where it is
    made would take the value too early.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        sums = (column_sum.remote(table, i) for i in range(10))  # the cause
        table[0] = 1.0
        print(ray.get(list(sums)))

    What you can do:
        Write a list, [...], in place of the generator, (...), so that the calls are made at once. Or put the value
        yourself after the last change, and pass the reference.
    """
    line = _line(node)
    return _obstacle(runs_later, node, f"{value} may change before the code on line {line} runs")


@_reason
def ray_may_not_run(value: str, cause: Effect | ast.expr) -> Obstacle:
    """Ray may be started or stopped between the put and the calls, and the put must not come before that; or a worker
    may have stopped it, which cannot start it again. A put starts Ray where it does not run, which ray.init,
    ray.is_initialized and the random module notice, and its reference is of no use once Ray stops.

    Example:
        import numpy as np
        import ray
        from cluster import next_column

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        for _ in range(10):
            column = next_column()  # the cause
            print(ray.get(column_sum.remote(table, column)))

    What you can do:
        Call ray.init() once, before the loop, and do not stop or restart Ray inside of it. Where the code that the
        message names leaves Ray alone, you can also write table_ref = ray.put(table) above the loop yourself.
    """
    node = cause.node if isinstance(cause, Effect) else cause
    how = "may start or stop Ray after"
    if isinstance(cause, RayEffect):
        how = "starts or stops Ray after" if cause.resets else "would find Ray running after"
    elif not isinstance(cause, Effect):
        how = "may have stopped Ray before"
    return _obstacle(ray_may_not_run, node, f"{shown(node)} on line {_line(node)} {how} {value} is put")


@_reason
def ray_init_later(value: str, cause: ast.AST) -> Obstacle:
    """Ray may not run yet, the calls may never come, and the file initializes Ray: a put could start it too early.
    After that, ray.init raises an error, or is skipped.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        def column_sums(columns):
            table = np.zeros((1000, 1000))
            return [column_sum.remote(table, column) for column in columns]

        def start():
            ray.init(num_cpus=8)  # the cause

    What you can do:
        Call ray.init at the top of the file or of the program's main function, before anything that makes remote calls.
        Where Ray always runs when this code does, you can also write table_ref = ray.put(table) above the loop
        yourself.
    """
    line = _line(cause)
    return _obstacle(ray_init_later, cause, f"{shown(cause)} on line {line} may come after the put of {value}")


@_reason
def ray_not_importable(node: ast.AST) -> Obstacle:
    """There is no name for ray.put at this place: ray is imported conditionally, later, or means something else. A put
    could end in an error where none was before.

    Example:
        import numpy as np

        try:
            import ray
        except ImportError:
            ray = None

        def column_sum(table, column):
            return float(table[:, column].sum())

        def column_sums():
            task = ray.remote(column_sum)
            table = np.zeros((1000, 1000))
            return [task.remote(table, column) for column in range(10)]  # the cause

    What you can do:
        Write import ray at the top of the file, outside of any if and try. Where Ray is optional, write it at the top
        of the function that makes the calls.
    """
    return _obstacle(ray_not_importable, node, f"ray is not certain to be imported on line {_line(node)}")


@_reason
def may_not_be_ray(name: str, cause: ast.AST, place: str) -> Obstacle:
    """The file has Ray only as an attribute of another module of the project, which may be something else than Ray: the
    module may bind a stand-in, and other code may give the attribute another value.

    Example:
        # tools.py
        import ray  # the cause

        # main.py
        import numpy as np
        import tools

        @tools.ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))
        sums = tools.ray.get([column_sum.remote(table, i) for i in range(10)])

    What you can do:
        Where it is always Ray, write import ray at the top of the file, and use that. Where there is a stand-in with a
        put that only gives back its argument, the put is right in both cases: --unsafe-fixes writes it with the name
        that the file has for Ray.
    """
    found = f"bound {_where(cause, place)}, may be something else than Ray"
    return _obstacle(may_not_be_ray, cause, f"{name}, {found}", place)


@_reason
def actor_options(node: ast.AST, place: str = "") -> Obstacle:
    """The actor may be detached or fetched if it exists: a detached actor can't restart from a reference, and an
    existing one never serializes the arguments. It may also be so where its options are not written out, as in
    .options(**options).

    Example:
        import numpy as np
        import ray

        @ray.remote
        class Table:
            def __init__(self, table):
                self.table = table

        table = np.zeros((1000, 1000))
        for name in ("first", "second"):
            Table.options(name=name, lifetime="detached").remote(table)  # the cause

    What you can do:
        Leave out lifetime and get_if_exists where the actors need not outlive the program, and write the other options
        out. Or let the actors load the value themselves, from a file that all nodes can read.
    """
    sentence = f"the actor made {_where(node, place)} may be detached or one that already exists"
    return _obstacle(actor_options, node, sentence, place)


@_reason
def writes_through(callee: str, node: ast.AST, place: str = "") -> Obstacle:
    """The remote function makes the argument's memory writable. Tasks that get a reference share that memory, and one
    could see what another writes.

    Example:
        import numpy as np
        import ray
        import torch

        @ray.remote
        def shifted_sum(table, shift):
            tensor = torch.from_numpy(table)  # the cause
            return float(tensor.add_(shift).sum())

        table = np.zeros((1000, 1000))
        sums = ray.get([shifted_sum.remote(table, shift) for shift in range(10)])

    What you can do:
        Let the remote function copy what it writes to, as torch.tensor(table) does. Where it only reads, write
        table_ref = ray.put(table) above the loop yourself, and pass table_ref.
    """
    sentence = f"{callee} may write into shared memory with {shown(node)} {_where(node, place)}"
    return _obstacle(writes_through, node, sentence, place)


@_reason
def declared_as_value(function: str, parameter: str, node: ast.AST, place: str = "") -> Obstacle:
    """A function between the value and the remote call says what it takes, and a reference is something else. The
    function would do the same with a reference, but type checkers, and its readers, would be misled.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        def submit(table: np.ndarray, column: int):  # the cause
            return column_sum.remote(table, column)

        table = np.zeros((1000, 1000))
        jobs = [submit(table, column) for column in range(10)]

    What you can do:
        Let the function say that it takes both, table: "np.ndarray | ray.ObjectRef", or leave the annotation out. Then
        putfix hoists the value above the calls of the function.
    """
    sentence = f"{function} takes {parameter} as {shown(node)} {_where(node, place)}, and not as a reference"
    return _obstacle(declared_as_value, node, sentence, place)


@_reason
def may_be_overridden(node: ast.AST, place: str = "") -> Obstacle:
    """The method between the value and the remote call is one that classes of other files may override. Theirs may do
    something with the value that they cannot do with a reference.

    Example:
        import numpy as np
        import ray

        @ray.remote
        class Worker:
            def column_sum(self, table, column):
                return float(table[:, column].sum())

        class Client:
            def __init__(self, worker):
                self.worker = worker

            def submit(self, table, column):  # the cause
                return self.worker.column_sum.remote(table, column)

            def column_sums(self):
                table = np.zeros((1000, 1000))
                return ray.get([self.submit(table, column) for column in range(10)])

    What you can do:
        Where no class overrides it, give the method, or the class, a name with an underscore in front: def
        _submit(self, table, column). Where the method makes several calls itself, it can put the value:
        table_ref = ray.put(table).
    """
    sentence = f"{shown(node)} {_where(node, place)} may be overridden in other files"
    return _obstacle(may_be_overridden, node, sentence, place)


@_reason
def sent_in_each_call(value: str, function: str, node: ast.AST) -> Obstacle:
    """A function that is called again and again sends the value by itself, and is not given it. A reference that its
    caller makes would not reach it, or not in all of its calls.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        class Sums:
            def __init__(self):
                self.table = np.zeros((1000, 1000))

            def _submit(self, column):
                return column_sum.remote(self.table, column)

            def all(self):
                jobs = [self._submit(i) for i in range(10)]  # the cause
                return ray.get(jobs)

    What you can do:
        Give the function the value: _submit(self.table, i), where def _submit(self, table, column) sends table.
        Then putfix hoists it above the calls. In a class that is only used while Ray runs you can also write
        self.table_ref = ray.put(self.table) in the constructor, below the assignment, and send self.table_ref. putfix
        does so itself in a program that makes the objects in view, keeps them in variables of its own, and changes
        nothing of the table.
    """
    sentence = f"{function} sends {value} by itself each time that line {_line(node)} calls it"
    return _obstacle(sent_in_each_call, node, sentence)


@_reason
def objects_out_of_view(value: str, owner: str, node: ast.AST) -> Obstacle:
    """The constructor could put the value, once for all methods that send it. But other code than the class and what
    makes its objects can reach them: it may bind or change what they hold, and copy or pickle them with the reference.

    Example:
        import numpy as np
        import ray
        from registry import register

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        class Sums:
            def __init__(self):
                self.table = np.zeros((1000, 1000))

            def _submit(self, column):
                return column_sum.remote(self.table, column)

            def all(self):
                return ray.get([self._submit(i) for i in range(10)])

        ray.init()
        sums = Sums()
        register(sums)  # the cause
        print(sums.all())

    What you can do:
        Keep the objects in variables of the program that makes them, and use only their methods there. Where you know
        that nothing else binds or changes the value, use --unsafe-fixes.
    """
    sentence = f"other code may get at {owner} objects ({shown(node)} on line {_line(node)}) and at {value}"
    return _obstacle(objects_out_of_view, node, sentence)


@_reason
def names_inspected(node: ast.AST, place: str = "") -> Obstacle:
    """The function looks at its own variables by name, and would see the new one. What it does could then come out
    differently.

    Example:
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        def column_sums():
            table = np.zeros((1000, 1000))
            sums = [column_sum.remote(table, column) for column in range(10)]
            print("variables:", *locals())  # the cause
            return sums

    What you can do:
        Name the variables that you mean in place of locals(), vars() or eval(). Or move the value and the calls into a
        function of their own. Where the new name does no harm, write table_ref = ray.put(table) above the loop
        yourself, and pass table_ref.
    """
    return _obstacle(names_inspected, node, f"{shown(node)} {_where(node, place)} would see the new variable", place)


@_reason
def other_cell(value: str, node: ast.AST) -> Obstacle:
    """The value is sent by several cells of a notebook, once by each. Cells are run one by one, in any order and
    again, so it may change in between.

    Example:
        # %%
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))

        # %%
        first = ray.get(column_sum.remote(table, 0))

        # %%
        second = ray.get(column_sum.remote(table, 1))  # the cause

    What you can do:
        Write table_ref = ray.put(table) yourself at the end of the cell that makes the table, and pass table_ref. Or
        join the cells that send it: then putfix hoists the value above the first call.
    """
    return _obstacle(other_cell, node, f"{value} is sent again in another cell, on line {_line(node)}")


@_reason
def later_cell(value: str, node: ast.AST) -> Obstacle:
    """A later cell of the notebook gives the name another value, or only a later cell gives it one. Cells are run in
    any order and again, so what is sent may be small, or a reference already.

    Example:
        # %%
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        table = np.zeros((1000, 1000))

        # %%
        sums = ray.get([column_sum.remote(table, column) for column in range(10)])

        # %%
        table = ray.put(table)  # the cause
        more = ray.get([column_sum.remote(table, column) for column in range(10)])

    What you can do:
        Give the other value a name of its own, such as table_ref. Or, where the later cell is never run before this
        one, write table_ref = ray.put(table) above the loop yourself, and pass table_ref.
    """
    made = f"{shown(node)} on line {_line(node)}"
    return _obstacle(later_cell, node, f"{value} may be what a later cell makes of it by {made}")


@_reason
def in_magic(node: ast.AST) -> Obstacle:
    """The call stands in a magic of IPython: a line with %time, %timeit or %prun, or a cell with %%timeit or %%prun.
    What is measured there is left as it is.

    Example:
        # %%
        import numpy as np
        import ray

        @ray.remote
        def column_sum(table, column):
            return float(table[:, column].sum())

        # %%
        table = np.zeros((1000, 1000))
        %time jobs = [column_sum.remote(table, i) for i in range(10)]  # the cause

    What you can do:
        Where the calls are to be faster, write table_ref = ray.put(table) above the magic yourself, and pass table_ref.
        With %%time as the first line of the cell, putfix hoists the value inside of it.
    """
    return _obstacle(in_magic, node, f"the call on line {_line(node)} is made by a magic")


@_reason
def measured_reference(value: str, node: ast.AST, times: int, calls: int) -> Obstacle:
    """In the run that the trace is of, the value was an object reference in some of the calls. Ray refuses to put a
    reference.

    Example:
        import ray

        @ray.remote
        def predict(model, rows):
            return model.predict(rows)

        def predict_all(model, batches):
            return [predict.remote(model, rows) for rows in batches]  # the cause

    What you can do:
        Where it is a reference in every call, leave it as it is: it is already the fastest. Where it is one in some
        only, put it where the program still has the value itself, so that it is one in all of them.
    """
    return _obstacle(measured_reference, node, f"{value} was an object reference {_in_calls(times, calls, node)}")


@_reason
def measured_changing(value: str, node: ast.AST, times: int, calls: int) -> Obstacle:
    """In the run that the trace is of, the calls sent different values, though nothing in the file says that it
    changes. A reference stays what the value was when it was put.

    Example:
        import ray

        @ray.remote
        def row_sum(table, row):
            return float(table[row].sum())

        def row_sums(data):
            return [row_sum.remote(data.table, i) for i in range(10)]  # the cause

    What you can do:
        Where each call needs the value as it is by then, leave it as it is. Where one value serves all calls, give it a
        name above the loop, table = data.table, and pass that. Then trace the program again.
    """
    sentence = f"{value} was another value than in the call before {_in_calls(times, calls, node)}"
    return _obstacle(measured_changing, node, sentence)


def _in_calls(times: int, calls: int, node: ast.AST) -> str:
    return f"in {times} of {calls} calls on line {_line(node)}, a run says"


def _has(text: str, path: str) -> bool:
    """Whether a name, or an attribute of one, stands in ``text``."""
    return re.search(rf"(?<![\w.]){re.escape(path)}(?!\w)", text) is not None


def of_cause(value: str, cause: Effect | None, node: ast.AST) -> Obstacle | None:
    """The obstacle that an event inside the repeat is; None for a plain rebinding, which is no repeat."""
    if cause is None:
        return no_place(value, node)
    if isinstance(cause, Bind) and not isinstance(cause.node, ast.Call):
        return None
    if isinstance(cause, Bind | Change | Consume | SetAttribute):
        return changed(value, cause)
    if isinstance(cause, Dispatch | Escape | Opaque | ReadItem):
        return may_be_changed(value, cause)
    return no_place(value, node)
