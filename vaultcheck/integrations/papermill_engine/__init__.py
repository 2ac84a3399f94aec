"""The papermill engine `vaultcheck`: papermill's own, which also marks every cell and tells the kernel of the run."""

import papermill  # noqa: F401  # while it is imported it loads `engine`, which must not be half imported then
