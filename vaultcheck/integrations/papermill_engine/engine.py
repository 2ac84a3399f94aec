"""The engine, and the client with which it runs the cells of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from vaultcheck.integrations.papermill_engine.briefing import Briefing, build_briefing
from vaultcheck.integrations.papermill_engine.cell_marks import forget_marks, mark_cell, mark_output

if TYPE_CHECKING:
    from nbformat import NotebookNode


class VaultcheckEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """Runs notebooks as papermill does; `papermill --engine vaultcheck` finds it by its entry point."""

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, *args: Any, **options: Any) -> Any:
        """Run a notebook that bears no marks of former runs."""
        forget_marks(nb)
        return super().execute_notebook(nb, kernel_name, *args, **options)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        input_path: object = None,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        **options: Any,
    ) -> Any:
        """Run the cells, with the settings that papermill gives its own client."""
        settings = merge_kwargs(
            remove_args(["timeout", "startup_timeout"], **options),
            kernel_name=kernel_name,
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            log=logger,
        )
        briefing = build_briefing(nb_man.nb, input_path=input_path, output_path=nb_man.output_path)
        return MarkingClient(nb_man, briefing=briefing, **settings).execute()


class MarkingClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill has no types
    """Sends with each cell what the kernel should know of it, and marks the cell once the kernel has begun it."""

    def __init__(self, nb_man: Any, *, briefing: Briefing, **settings: Any) -> None:
        super().__init__(nb_man, **settings)
        self._briefing = briefing

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> Any:
        """Run a cell; until it ends, every message to the kernel carries the metadata of its request."""
        session = self.kc.session
        usual = session.metadata
        session.metadata = usual | self._briefing.describe(cell)
        try:
            return super().execute_cell(cell, cell_index, **options)
        finally:
            session.metadata = usual

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Take in a message of the kernel; by `execute_input` it says which source it runs now."""
        output = super().process_message(msg, cell, cell_index)
        if msg["msg_type"] == "execute_input" and self.record_timing and self._is_python():
            mark_cell(cell, source=msg["content"]["code"], session=self._briefing.session)
        if output is not None and not msg["content"].get("transient", {}).get("display_id"):
            mark_output(output, cell)  # outputs with a display id are copied to other cells, their metadata too
        return output

    def _is_python(self) -> bool:
        """Tell whether the kernel runs Python, whatever the notebook says: a digest of code reads nothing else."""
        spec = self.km.kernel_spec
        return spec is not None and spec.language.lower() == "python"
