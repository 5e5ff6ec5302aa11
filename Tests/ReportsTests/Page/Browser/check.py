"""Opens report pages in Chromium and checks them: python3 check.py PAGES SHOTS [--only NAME …]

A page passes if it logs no error, requests nothing but itself, has no violation that axe-core finds, does not scroll
sideways, draws in time, and if its table and its heat map do what they say.
"""

import argparse
import itertools
import pathlib
import re
import time

import axe_playwright_python
from playwright.sync_api import sync_playwright

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SCHEMES = ["light", "dark"]
LIMIT_SECONDS, LIMIT_BYTES = 1.0, 2_000_000
RUN_AXE = """async () => (await axe.run(document, {rules: {'target-size': {enabled: true}}})).violations
  .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | '))"""
DRAWN = """() => { const [entry] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return Math.max(entry.loadEventEnd, paint ? paint.startTime : 0) / 1000; }"""

COLUMN = """i => [...document.querySelectorAll('#tensors-table tbody tr')].filter(r => !r.hidden)
  .map(r => r.children[i].querySelector('.heard') ? null : r.children[i].textContent)"""
SORT_ALL = """() => [...document.querySelectorAll('#tensors-table thead th')].flatMap((head, i) => [1, 2].map(() => {
  head.querySelector('.sort').click();
  return [i, head.classList.contains('text'), head.getAttribute('aria-sort'), column(i)]; }))"""


class Checked:
    """One page, opened at one size in one scheme, with all that was found wrong."""

    def __init__(self, browser, path, size, scheme):
        self.faults = []
        self.address = path.as_uri()
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme,
                                           has_touch=size == "phone", device_scale_factor=2 if size == "phone" else 1)
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.fault(f"console: {m.text}") if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.fault(f"exception: {error}"))
        self.page.on("dialog", lambda dialog: (self.fault("a dialog opened"), dialog.dismiss()))
        self.page.on("request", self.see_request)

    def load(self):
        """Opens the page, and returns the seconds until all of it was drawn."""
        self.page.goto(self.address, wait_until="load")
        self.settle()
        return self.page.evaluate(DRAWN)

    def see_request(self, request):
        if request.url != self.address and not request.url.startswith("data:,"):
            self.fault(f"request: {request.url}")

    def fault(self, text):
        self.faults.append(text)

    def expect(self, condition, text):
        if not condition:
            self.fault(text)

    def settle(self):
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def shoot(self, path):
        """A picture of the whole page, in a window as tall as the page, so that nothing sticks to its edges."""
        width, height = self.page.viewport_size.values()
        self.page.set_viewport_size({"width": width, "height": self.page.evaluate("document.documentElement.scrollHeight")})
        self.settle()
        self.page.screenshot(path=path)
        self.page.set_viewport_size({"width": width, "height": height})

    # What every page must do

    def check_time(self):
        """The best of three, as other programs may keep the machine busy."""
        seconds = min(self.load() for _ in range(3))
        self.expect(seconds < LIMIT_SECONDS, f"took {seconds:.2f} s")
        return seconds

    def check_width(self):
        over = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.expect(over <= 0, f"{over} pixels too wide")

    def check_axe(self):
        self.page.evaluate(AXE)
        for violation in self.page.evaluate(RUN_AXE):
            self.fault(f"axe: {violation}")

    def check_inert(self):
        planted = self.page.evaluate("() => document.querySelectorAll('main img, header img, b').length")
        self.expect(planted == 0, "a name became markup")

    # What the table must do

    def column(self, index):
        return self.page.evaluate(COLUMN, index)

    def check_sorting(self):
        """Clicks each head twice with the mouse's own event, and reads what is shown."""
        self.page.locator("#tensors-table thead .sort").first.click()
        for index, is_text, direction, shown in self.page.evaluate(f"() => {{ const column = {COLUMN}; return ({SORT_ALL})(); }}"):
            self.expect(direction in ("ascending", "descending"), f"column {index} has no aria-sort")
            if not is_text:
                self.check_order(index, direction, shown)

    def check_order(self, index, direction, texts):
        shown = [None if text is None else value_of(text) for text in texts]
        known = [value for value in shown if value is not None]
        self.expect(shown == known + [None] * (len(shown) - len(known)), f"column {index}: unknown values are not last")
        pairs = list(itertools.pairwise(known))
        right = all(a <= b if direction == "ascending" else a >= b for a, b in pairs)
        self.expect(right, f"column {index} is not {direction}")

    def check_filtering(self):
        before = len(self.column(0))
        self.page.fill("#filter-name", "ATTN_Q")
        names = self.column(0)
        self.expect(names and len(names) < before and all("attn_q" in (n or "") for n in names), "filter by name")
        self.page.fill("#filter-name", "")
        option = self.page.locator("#filter-type option").nth(1)
        wanted = option.get_attribute("value")
        self.page.select_option("#filter-type", index=1)
        types = set(self.column(1))
        self.expect(types == {wanted}, f"filter by type {wanted}: {types}")
        self.page.fill("#filter-name", "no such tensor")
        self.expect(self.column(0) == [], "a filter that nothing fits")
        self.expect(self.page.inner_text("#filter-count").startswith("0 of"), "the count of none")
        self.page.select_option("#filter-type", index=0)
        self.page.fill("#filter-name", "")
        self.expect(len(self.column(0)) == before, "filters that are taken back")

    # What the heat map must do

    def check_keys(self):
        self.page.locator("#map-blocks .cell[tabindex='0']").focus()
        seen = [self.cell_and_panel()]
        for key in ("ArrowRight", "ArrowDown", "End", "Control+Home", "Control+End", "ArrowUp"):
            self.page.keyboard.press(key)
            seen.append(self.cell_and_panel())
        cells = [cell for cell, _ in seen]
        self.expect(len({panel for _, panel in seen}) == len(set(cells)), "the panel does not follow the focus")
        self.expect(cells[4] == cells[0] and len(set(cells[:4])) == 4, f"arrow keys: {cells}")
        stops = self.page.locator("#map-blocks .cell[tabindex='0']").count()
        self.expect(stops == 1, f"the map has {stops} stops of the tab key")

    def cell_and_panel(self):
        return self.page.evaluate(
            "() => [document.activeElement.closest('tr').rowIndex + ' ' + document.activeElement.cellIndex,"
            " document.getElementById('map-panel').textContent]")

    def check_chart(self):
        marks = self.page.locator("#frontier-chart .point")
        if marks.count() < 2:
            return
        self.page.locator("#frontier-chart .point[tabindex='0']").focus()
        before = self.page.inner_text("#frontier-panel")
        self.page.keyboard.press("ArrowRight")
        self.expect(self.page.inner_text("#frontier-panel") != before, "the chart does not follow the arrow keys")

    def check_scales(self):
        fills = set()
        choices = self.page.locator("#map-scales label")
        for index in range(choices.count()):
            choices.nth(index).click()
            cell = self.page.locator("#map-blocks .cell").last
            fills.add((cell.inner_text(), self.page.get_attribute("#map", "data-scale")))
        self.expect(len(fills) == choices.count(), f"scales look alike: {fills}")
        choices.first.click()


def value_of(text):
    """The number that a cell shows."""
    match = re.match(r"(−?[\d.,]+(?:e-?\d+)?)\s*(\S*)", text)
    factor = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}.get(match[2], 1)
    return float(match[1].replace("−", "-").replace(",", "")) * factor


def check(browser, path, size, scheme, shots):
    checked = Checked(browser, path, size, scheme)
    seconds = checked.check_time()
    checked.check_width()
    checked.shoot(shots / f"{path.stem}-{size}-{scheme}.png")
    checked.check_inert()
    if scheme == "light":
        interact(checked)
    checked.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    checked.check_axe()
    checked.check_width()
    checked.context.close()
    return seconds, checked.faults


def interact(checked):
    if checked.page.locator("#tensors").is_visible():
        checked.check_sorting()
        checked.check_keys()
        if checked.page.locator("#map-choice").is_visible():
            checked.check_scales()
        if checked.page.locator("td.cell").count() and "attn_q" in checked.page.inner_text("#map"):
            checked.check_filtering()
    checked.check_chart()


def print_page(browser, path, shots):
    page = browser.new_page(color_scheme="dark")
    page.goto(path.as_uri())
    page.pdf(path=shots / f"{path.stem}.pdf", format="A4", prefer_css_page_size=True, margin={side: "12mm" for side in ("top", "right", "bottom", "left")})
    page.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", type=pathlib.Path, help="a folder of pages")
    parser.add_argument("shots", type=pathlib.Path, help="where pictures and prints go")
    parser.add_argument("--only", nargs="*", default=None)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    options.shots.mkdir(parents=True, exist_ok=True)
    paths = [p.resolve() for p in sorted(options.pages.glob("*.html")) if not options.only or p.stem in options.only]
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for path in paths:
            if path.stat().st_size > LIMIT_BYTES:
                failed += 1
                print(f"FAIL {path.stem}: {path.stat().st_size} bytes")
            for size, scheme in itertools.product(SIZES, SCHEMES):
                began = time.monotonic()
                seconds, faults = check(browser, path, size, scheme, options.shots)
                failed += bool(faults)
                word = "FAIL" if faults else "pass"
                print(f"{word} {path.stem:15} {size:7} {scheme:5} drawn in {seconds:.2f} s, checked in {time.monotonic() - began:.0f} s", flush=True)
                for fault in faults:
                    print(f"     {fault}", flush=True)
            print_page(browser, path, options.shots)
        browser.close()
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
