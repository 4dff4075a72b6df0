"""Take the screenshots of docs/screenshots/ in the machine's Chromium: python -m scripts.screenshots"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.newspaper.site import newspaper, publish

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "screenshots"
QUESTION = "What did Rubio say about territory?"


@contextmanager
def serving(origin: str) -> Iterator[str]:
    """Serve the seeds from an archive of its own; yields the address."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "ONRECORD_HOME": home, "ONRECORD_WIDGET_ORIGINS": origin}
        command = [sys.executable, "-m", "onrecord"]
        subprocess.run([*command, "add", "seeds"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = [*command, "serve", "--port", "0"]
        with subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, "no address was announced"
            yield found.group()
            process.terminate()


def ask(page: Page, question: str) -> None:
    """Ask in the widget and wait for the whole answer."""
    page.locator("textarea").fill(question)
    page.locator("textarea").press("Enter")
    page.get_by_role("button", name="Copy link").last.wait_for()


def shoot(page: Page, name: str) -> None:
    """Save what is on the screen, once the fonts are there."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=OUT / f"{name}.png", animations="disabled", caret="hide")


def main() -> str | None:
    """Return what is wrong, as `sys.exit` wants it."""
    chromium = find_chromium()
    if not chromium:
        return "No Chromium is here. On Debian: apt install chromium."
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    held: list[str] = []
    with (
        publish(lambda path: newspaper(held[0])(path)) as site,
        serving(site) as service,
        sync_playwright() as playwright,
    ):
        held.append(service)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": 1200, "height": 800}, color_scheme=scheme)
            page = context.new_page()
            page.goto(service)
            page.get_by_role("button", name=re.compile("^What did")).first.wait_for()
            shoot(page, f"start-{scheme}")
            ask(page, QUESTION)
            page.evaluate("scrollTo(0, 0)")
            shoot(page, f"page-{scheme}")
            page.get_by_role("button", name=re.compile("open the article")).first.click()
            page.locator("dialog mark").wait_for()
            page.set_viewport_size({"width": 1000, "height": 640})
            page.locator("dialog mark").scroll_into_view_if_needed()
            shoot(page, f"article-{scheme}")
            page.set_viewport_size({"width": 1200, "height": 800})
            page.goto(site)
            page.get_by_role("button", name="Ask the archive").wait_for()
            shoot(page, f"site-closed-{scheme}")
            page.get_by_role("button", name="Ask the archive").click()
            ask(page, "What did Zelenskyy say about territory?")
            shoot(page, f"site-{scheme}")
            context.close()
        context = browser.new_context(
            viewport={"width": 360, "height": 640}, color_scheme="light", device_scale_factor=2
        )
        page = context.new_page()
        page.goto(service)
        ask(page, "How tall is Mount Everest?")
        shoot(page, "narrow")
        browser.close()
    return None


if __name__ == "__main__":
    sys.exit(main())
