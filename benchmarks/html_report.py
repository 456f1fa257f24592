"""What a page of ``--output-format html`` costs: to make it, to open it in Chromium, and to filter it.

    python benchmarks/html_report.py [--findings N] [--rounds N]

The findings are those of files with ten each, half of them hoists with their changes. Making the page is compared, in
processor time, with finding what is in the files; opening it, with a page that has the same text and nothing else. A
filter takes until the page is laid out again. Chromium and its driver must be installed. It prints a table in Markdown
with the least of all rounds.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from putfix import __version__, fix_source
from putfix.report.explanations import explanation
from putfix.report.notices import NOTICES
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.report.page.rendering import page

_HEAD = """\
import numpy as np
import ray


@ray.remote
def column_sum(table, column):
    return float(table[:, column].sum())
"""
_TWO = '''

def experiment_{number}(given, rounds=10):
    """Sum the columns of two tables, and compare the means."""
    table = np.zeros((1000, 1000))
    sums = []
    for column in range(10):
        sums.append(column_sum.remote(table, column))
    others = [column_sum.remote(given, column) for column in range(rounds)]
    return np.mean(ray.get(sums)), np.mean(ray.get(others))
'''
_PAIRS = 5
_ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
_LOADED = "const all = performance.getEntriesByType('navigation')[0]; return all.loadEventEnd"
_FILTER = """
const form = document.querySelector("form");
form.elements[arguments[0]].value = arguments[1];
const start = performance.now();
form.dispatchEvent(new Event("input"));
document.body.offsetHeight;
return performance.now() - start;
"""
_FILTERS = {"a code": ("code", "hoist"), "a directory": ("folder", "part_03/"), "words": ("text", "job_1 table")}


def main() -> int:
    """Measure, and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--findings", type=int, default=5000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    source = _HEAD + "".join(_TWO.format(number=number) for number in range(_PAIRS))
    files = given.findings // (2 * _PAIRS)
    finding = files * min(_seconds(lambda: fix_source(source)) for _ in range(given.rounds))
    records = _records(source, files)
    texts: list[str] = []
    making = min(_seconds(lambda: texts.append(_page(records))) for _ in range(given.rounds))
    text = texts[0]
    print(f"{given.findings} findings in {files} files: a page of {len(text.encode()) / 1e6:.1f} MB\n")
    print("| what | seconds | to |\n|-|-|-|")
    print(f"| making it | {making:.2f} | {making / finding:.2f} of finding what is in the files |")
    with tempfile.TemporaryDirectory() as folder:
        _print_browsing(Path(folder), text, given.rounds)
    return 0


def _records(source: str, files: int) -> list[FileRecord]:
    """The same findings under so many paths."""
    found = fix_source(source)
    assert len(found.findings) == 2 * _PAIRS
    one = FileRecord(Path("job.py"), b"old", b"new", found.findings, text=found.text)
    return [replace(one, path=Path(f"part_{number % 20:02}/job_{number}.py")) for number in range(files)]


def _page(records: list[FileRecord]) -> str:
    explanations = {code: explanation(code, notice) for code, notice in NOTICES.items()}
    run = Run(__version__, Path(), Path(), lambda: explanations)
    return page(run, records, Totals(len(records), 0, 0, "A benchmark."))


def _seconds(run: Callable[[], object]) -> float:
    """The processor time of a call."""
    before = time.process_time()
    run()
    return time.process_time() - before


def _print_browsing(folder: Path, text: str, rounds: int) -> None:
    plain = folder / "plain.html"
    body = re.sub(r"<(style|script)>.*?</\1>|<[^>]*>", "", text, flags=re.DOTALL)
    plain.write_text(f"<!DOCTYPE html><meta charset=utf-8><pre>{html.escape(html.unescape(body))}</pre>", "utf-8")
    full = folder / "page.html"
    full.write_text(text, "utf-8")
    driver = _chromium(folder / "profile")
    try:
        pairs = [(_opening(driver, plain), _opening(driver, full)) for _ in range(rounds)]
        text_alone, all_of_it = (min(each) for each in zip(*pairs, strict=True))
        print(f"| opening it | {all_of_it:.2f} | {all_of_it / text_alone:.1f} of opening its text |")
        for name, (field, value) in _FILTERS.items():
            taken = [driver.execute_script(_FILTER, field, each) for _ in range(rounds) for each in ("", value)]
            print(f"| filtering it by {name} | {min(taken[1::2]) / 1000:.3f} | |")
            driver.execute_script(_FILTER, field, "")
    finally:
        driver.quit()


def _chromium(profile: Path) -> webdriver.Chrome:
    found = shutil.which("chromium")
    if found is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium-driver")
    options = Options()
    options.binary_location = found
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def _opening(driver: webdriver.Chrome, path: Path) -> float:
    """The seconds until a page is loaded, its style applied and its script run."""
    driver.get(path.as_uri())
    loaded: float = driver.execute_script(_LOADED)
    return loaded / 1000


if __name__ == "__main__":
    sys.exit(main())
