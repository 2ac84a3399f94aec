"""The page of JupyterLab in headless Chromium, where cells are typed in, run, copied and split as a user does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

from tests.end_to_end.lab_server import Server, serve
from tests.end_to_end.programs import load_cells

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_SECONDS = 60

_CONNECTED = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.status === "idle" && kernel.connectionStatus === "connected";
}"""
_IDLE = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === "idle"
  && ![...document.querySelectorAll(".jp-InputPrompt")].some(prompt => prompt.textContent.includes("*"))"""
_EXECUTE = "([command, options]) => window.jupyterapp.commands.execute(command, options).then(() => null)"
_SELECT = """([first, last]) => {
  const cells = window.jupyterapp.shell.currentWidget.content;
  cells.deselectAll();
  cells.activeCellIndex = first;
  if (last > first) cells.extendContiguousSelectionTo(last);
}"""
_ODDITIES = """() => {
  const isBlank = output => !output.innerText.trim() && !output.querySelector("img, svg");
  const shownIn = area => [...area.querySelectorAll(".jp-OutputArea-output")];
  const areas = [...document.querySelectorAll(".jp-Cell-outputWrapper, .jp-OutputArea-child")];
  const strips = areas.filter(area => area.offsetHeight && shownIn(area).every(isBlank));
  const faults = [...document.querySelectorAll(".jp-Dialog, [data-mime-type='application/vnd.jupyter.stderr']")];
  return [...strips.map(strip => `a strip of ${strip.offsetHeight} pixels`), ...faults.map(fault => fault.innerText)];
}"""


class LabPage:
    """The page; cells are counted from 1."""

    def __init__(self, page: Page, *, server: Server, folder: Path) -> None:
        self._page, self._server, self._folder = page, server, folder
        self._name = ""
        self._faults: list[str] = []
        page.set_default_timeout(_SECONDS * 1000)
        page.on("pageerror", lambda error: self._faults.append(str(error)))

    @property
    def file(self) -> Path:
        """The notebook that is open."""
        return self._folder / self._name

    @property
    def folder(self) -> Path:
        """The folder that the server shows."""
        return self._folder

    def open(self, name: str) -> None:
        """Open a notebook of the folder, or open it again, and wait for its kernel."""
        self._name = name
        self._page.goto(self._server.link(name))
        self._cells.first.wait_for()
        self._page.wait_for_function(_CONNECTED)

    def run_all(self) -> None:
        """Run all cells."""
        self._execute("notebook:run-all-cells")

    def run(self, *numbers: int) -> None:
        """Run cells, one after the other."""
        for number in numbers:
            self._select(number)
            self._execute("notebook:run-cell")

    def restart(self) -> None:
        """Restart the kernel; what is shown stays."""
        self._page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self._page.wait_for_function(_CONNECTED)

    def type_at_end(self, number: int, text: str) -> None:
        """Type at the end of a cell."""
        self._go_to(number, "Control+End")
        self._page.keyboard.type(text)

    def duplicate(self, number: int) -> None:
        """Copy a cell and paste it below itself."""
        self._select(number)
        self._execute("notebook:copy-cell")
        self._execute("notebook:paste-cell-below")

    def split(self, number: int, *, after_line: int) -> None:
        """Split a cell."""
        self._go_to(number, "Control+Home", *["ArrowDown"] * after_line)
        self._execute("notebook:split-cell-at-cursor")

    def merge(self, number: int) -> None:
        """Merge a cell with the one below."""
        self._select(number, last=number + 1)
        self._execute("notebook:merge-cells")

    def move_up(self, number: int) -> None:
        """Move a cell one place up."""
        self._select(number)
        self._execute("notebook:move-cell-up")

    def clear_outputs(self) -> None:
        """Clear the outputs of all cells."""
        self._execute("notebook:clear-all-cell-outputs")

    def save(self) -> list[dict[str, Any]]:
        """Save, and return the cells as they lie in the file."""
        self._execute("docmanager:save")
        return load_cells(self.file)

    def find_oddities(self) -> list[str]:
        """Return what no user should see: dialogs, errors, and what shows nothing but takes room."""
        return [*self._faults, *self._page.evaluate(_ODDITIES)]

    def count_outputs(self) -> int:
        """Return how many outputs the page shows."""
        return self._page.locator(".jp-Notebook .jp-OutputArea-child").count()

    def photograph(self, file: Path) -> None:
        """Keep what the page looks like."""
        file.parent.mkdir(exist_ok=True)
        self._page.screenshot(path=file)

    @property
    def _cells(self) -> Locator:
        return self._page.locator(".jp-Notebook .jp-Cell")

    def _execute(self, command: str, **options: object) -> None:
        self._page.evaluate(_EXECUTE, [command, options])
        self._page.wait_for_function(_IDLE)

    def _select(self, number: int, *, last: int = 0) -> None:
        self._page.evaluate(_SELECT, [number - 1, last - 1])

    def _go_to(self, number: int, *keys: str) -> None:
        self._cells.nth(number - 1).locator(".cm-content").click()
        for key in keys:
            self._page.keyboard.press(key)


@contextmanager
def open_lab(folder: Path) -> Iterator[LabPage]:
    """Run a server and a browser; the notebooks are in `folder/notebooks`."""
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    with serve(notebooks, settings=folder / "settings") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_OPTIONS)
        yield LabPage(browser.new_page(viewport={"width": 1000, "height": 1400}), server=server, folder=notebooks)
        browser.close()
