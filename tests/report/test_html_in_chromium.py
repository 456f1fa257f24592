"""The page for a browser, in one: nothing gets out of it, filters, keyboard, widths and colours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pages
import pytest
from pages import everything, many, written
from selenium import webdriver
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
PHONE, DESKTOP = 390, 1280
SECONDS = 10

pytestmark = [
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(
        CHROMIUM is None or DRIVER is None, reason="needs Chromium and its driver: apt-get install chromium-driver"
    ),
]

CONTROLS = """
return Array.from(document.querySelectorAll("a[href], button, input, select, summary")).filter(
    (each) => each.checkVisibility({contentVisibilityAuto: false}) && (each.closest("details:not([open])") === null
        || each.matches("summary"))).length
"""
CONTRASTS = """
const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
const light = (color) => numbers(color).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
const ground = (element) => {
    for (; element; element = element.parentElement) {
        const color = getComputedStyle(element).backgroundColor;
        if ((numbers(color)[3] ?? 1) > 0) return color;
    }
};
const found = {};
for (const element of document.querySelectorAll("body *:not(script)")) {
    const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own) continue;
    const pair = [light(getComputedStyle(element).color), light(ground(element))].sort();
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (contrast < 4.5) found[`${element.outerHTML.slice(0, 60)} in ${element.parentElement.className}`] = contrast;
}
return found
"""


class Browser:
    """Chromium with one page at a time."""

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver = driver
        self._folder = folder

    def show(self, page: Path | str, *, width: int = DESKTOP, scheme: str = "light", motion: str = "reduce") -> None:
        """Load a page, or the text of one."""
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
        media = {"features": [{"name": name, "value": value} for name, value in features.items()]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        if isinstance(page, str):
            text, page = page, self._folder / "page.html"
            page.write_text(text, "utf-8")
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)  # type: ignore[no-untyped-call]  # and forget it
        self.driver.get(page.as_uri())

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        """The elements that are there, and can be seen."""
        return [each for each in self.driver.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()]

    def one(self, selector: str) -> WebElement:
        """The first of them."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    @property
    def focused(self) -> WebElement:
        """What has the focus."""
        return self.driver.switch_to.active_element

    def says(self, status: str) -> bool:
        """Whether the page says that of what it shows, soon."""
        WebDriverWait(self.driver, SECONDS).until(lambda _: self.one("output").text == status, self.one("output").text)
        return True

    def choose(self, name: str, value: str) -> None:
        """Choose a value of a filter."""
        Select(self.one(f"select[name={name}]")).select_by_value(value)

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        self.focused.send_keys(key)

    @property
    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was loaded, but for those that its policy stopped."""
        log = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(entry["message"])["message"] for entry in log]
        sent = [each["params"] for each in messages if each["method"] == "Network.requestWillBeSent"]
        failed = [each["params"] for each in messages if each["method"] == "Network.loadingFailed"]
        stopped = {each["requestId"] for each in failed if each.get("blockedReason") == "csp"}
        return [each["request"]["url"] for each in sent if each["requestId"] not in stopped]

    @property
    def errors(self) -> list[dict[str, object]]:
        """What the console says since then."""
        found: list[dict[str, object]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    assert CHROMIUM is not None
    options = Options()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Browser(driver, tmp_path_factory.mktemp("pages"))
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pages.hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def full() -> str:
    return written(everything())


def test_nothing_gets_out_of_hostile_names_and_sources(browser: Browser, hostile: Path) -> None:
    browser.show(hostile)
    for link in browser.all(".place a:first-child")[:3]:
        browser.run("arguments[0].focus()", link)
    with pytest.raises(NoAlertPresentException):
        _ = browser.driver.switch_to.alert.text
    assert browser.errors == []
    assert browser.requests == [hostile.as_uri()]
    assert (
        browser.run("return document.querySelectorAll('script, img, iframe, base, textarea, i, [onload]').length") == 1
    )
    assert browser.run("return Array.from(document.links, (each) => each.protocol)") == ["file:"] * browser.run(
        "return document.links.length"
    )
    for name in pages.NAMES:
        if name.isprintable():
            folders, _, file = name.rpartition("/")
            assert file in {each.text.rpartition("/")[2] for each in browser.all("h3")}
            assert folders in browser.run("return document.querySelector('#findings').textContent")


def test_the_policy_stops_what_would_get_out(browser: Browser, full: str) -> None:
    """That nothing is asked for or run is not only for want of trying."""
    image = "<img src='http://127.0.0.1:9/x.png'><script>document.title = 'gone'</script><p style='color: red'>"
    browser.show(full.replace("<main>", f"<main>{image}"))
    assert browser.driver.title.startswith("putfix")
    assert len(browser.errors) == 3
    assert len(browser.requests) == 1


def test_filters_narrow_the_findings_down(browser: Browser, full: str) -> None:
    browser.show(full)
    assert browser.says("9 of 9 shown, in 4 files")
    browser.choose("code", "changed")
    assert browser.says("2 of 9 shown, in 2 files")
    assert [each.get_attribute("data-code") for each in browser.all(".finding")] == ["changed", "changed"]
    browser.choose("folder", "src/")
    assert browser.says("1 of 9 shown, in 1 file")
    assert browser.one("details:not([hidden]) .count").text == "1 of 3 findings"
    browser.choose("evidence", "none")
    assert browser.says("0 of 9 shown, in 0 files")
    assert browser.one(".empty").text == "No finding matches the filters."
    browser.one("button[type=reset]").click()
    assert browser.says("9 of 9 shown, in 4 files")
    assert not browser.all(".empty")
    browser.choose("fix", "unsafe")
    assert browser.says("2 of 9 shown, in 2 files")
    browser.one("input").send_keys("SEND.py given")
    assert browser.says("1 of 9 shown, in 1 file")
    assert len(browser.all("table")) == 1


def test_all_of_it_is_within_reach_of_the_keyboard(browser: Browser, full: str) -> None:
    browser.show(full)
    browser.press(Keys.TAB)
    assert browser.focused.text == "Skip to the findings"
    assert browser.focused.location["y"] >= 0
    browser.press(Keys.ENTER)
    assert browser.focused.get_attribute("id") == "findings"
    browser.press(Keys.TAB)
    assert browser.focused.get_attribute("name") == "text"
    browser.press(Keys.TAB)
    browser.press("unused")
    assert browser.says("1 of 9 shown, in 1 file")
    browser.one("button[type=reset]").send_keys(Keys.ENTER)
    summary = browser.one("summary")
    summary.send_keys(Keys.ENTER)
    assert not browser.run("return arguments[0].parentElement.open", summary)
    summary.send_keys(Keys.SPACE)
    assert browser.run("return arguments[0].parentElement.open", summary)


def test_each_stop_of_the_keyboard_is_seen(browser: Browser, full: str) -> None:
    browser.show(full)
    stops = browser.run(CONTROLS)
    seen: list[str] = []
    for _ in range(stops):
        browser.press(Keys.TAB)
        assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
        seen.append(browser.focused.id)
    assert len(set(seen)) == stops > 50


def test_links_show_what_they_lead_to(browser: Browser) -> None:
    browser.show(written(many(110)))
    assert not browser.run("return document.querySelector('details').open")
    browser.choose("fix", "unsafe")
    browser.one(".chart a").click()
    WebDriverWait(browser.driver, SECONDS).until(lambda _: browser.focused.get_attribute("class") == "finding")
    assert browser.focused.is_displayed()
    assert browser.driver.current_url.endswith(f"#{browser.focused.get_attribute('id')}")
    browser.all(".toggle")[0].click()
    assert len(browser.all("details[open]")) == 11
    browser.all(".toggle")[1].click()
    assert not browser.all("details[open]")


def test_a_place_can_be_copied(browser: Browser, full: str) -> None:
    browser.show(full)
    permission = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    browser.driver.execute_cdp_cmd("Browser.grantPermissions", permission)
    button = browser.one(".copy")
    button.click()
    WebDriverWait(browser.driver, SECONDS).until(lambda _: button.text == "Copied")
    script = "navigator.clipboard.readText().then(arguments[0], arguments[0])"
    copied = browser.driver.execute_async_script(script)
    assert copied == "src/train/job.py:12:23"


@pytest.mark.parametrize("page", ["hostile", "full"])
def test_a_phone_needs_no_scrolling_to_the_side(browser: Browser, page: str, request: pytest.FixtureRequest) -> None:
    browser.show(request.getfixturevalue(page), width=PHONE)
    assert browser.run("return innerWidth") == PHONE
    wide = (
        "return Array.from(document.querySelectorAll('body *')).filter((each) => each.scrollWidth > innerWidth).length"
    )
    assert browser.run("return document.documentElement.scrollWidth") <= PHONE
    assert not browser.run(wide)
    assert browser.all("tr.changed .old")
    assert not browser.all("tr.same .old")


def test_light_and_dark_differ_and_both_can_be_read(browser: Browser, full: str) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        browser.show(full, scheme=scheme)
        grounds.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
        assert browser.run(CONTRASTS) == {}
    assert len(set(grounds)) == 2


def test_nothing_moves_where_that_is_not_wanted(browser: Browser, full: str) -> None:
    behaviours = []
    for motion in ("reduce", "no-preference"):
        browser.show(full, motion=motion)
        behaviours.append(browser.run("return getComputedStyle(document.documentElement).scrollBehavior"))
    assert behaviours == ["auto", "smooth"]


def test_five_thousand_findings_are_shown_and_filtered(browser: Browser) -> None:
    browser.show(written(many(5000)))
    assert browser.says("5,000 of 5,000 shown, in 500 files")
    browser.choose("folder", "part_03/")
    assert browser.says("250 of 5,000 shown, in 25 files")
    browser.choose("code", "hoist")
    assert browser.says("125 of 5,000 shown, in 25 files")
    assert len(browser.all("details")) == 25
