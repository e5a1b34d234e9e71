"""Running a solution notebook once, and giving each language its share of the outputs."""

import json
import os
import re
import subprocess
import tempfile
from copy import deepcopy

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from pixelwise.data import announce
from pixelwise.data.folders import ONLY_SMALL
from pixelwise.figures import publish
from pixelwise.i18n import ALL_LANGUAGES
from pixelwise.notebooks import LessonError

TIMEOUT = 600

ENVIRONMENT = {
    ALL_LANGUAGES: "1",
    ONLY_SMALL: "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
}

FRAMEWORK_LOG = re.compile(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: )?[IWE]\d* ?.*\.(cc|cpp):\d+\].*\n?"
    r"|WARNING: All log messages before absl::InitializeLog\(\) is called.*\n?"
    r"|To enable the following instructions: .*\n?"
)
"""Lines that TensorFlow writes to stderr when it starts."""

BUNDLES = {publish.BUNDLE: "image/png", announce.BUNDLE: "text/plain"}
"""What comes in every language at once, and what it becomes in one."""

Outputs = list[list[NotebookNode]]


def execute(notebook: NotebookNode, name: str) -> Outputs:
    """The outputs of each code cell of `notebook`, run from top to bottom in a fresh kernel.

    Pictures and announcements still hold every language; `in_language` chooses.

    Raises:
        LessonError: a cell failed; names `name`, the cell's number in the notebook, its code and
            the error.
    """
    notebook = deepcopy(notebook)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            timeout=TIMEOUT,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
        )
        # A profile of the author's own must not change what cells print.
        environment = os.environ | ENVIRONMENT | {"IPYTHONDIR": folder}
        try:
            # What frameworks' own code writes goes past the notebook, to this terminal.
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise LessonError(_failure(notebook, name, error)) from error
    return [
        [output for output in map(_cleaned, cell.outputs) if output is not None]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _failure(notebook: NotebookNode, name: str, error: Exception) -> str:
    """Which cell failed, with its code and what it raised."""
    ran = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and cell.get("execution_count") is not None
    ]
    number, cell = ran[-1] if ran else (1, notebook.cells[0])
    reason = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else error
    code = "\n".join(f"    {line}" for line in cell.source.splitlines())
    return f"{name}: cell {number} of the notebook failed:\n{code}\n{reason}"


def _cleaned(output: NotebookNode) -> NotebookNode | None:
    """The output without what belongs to this run alone."""
    if output.get("name") == "stderr":
        output.text = FRAMEWORK_LOG.sub("", output.text)
        if not output.text.strip():
            return None
    return output


def in_language(outputs: Outputs, language: str) -> Outputs:
    """The outputs with what is for readers of `language` in place of what is for all."""
    chosen = deepcopy(outputs)
    for output in (output for cell in chosen for output in cell):
        for bundled, single in BUNDLES.items():
            bundle = output.get("data", {}).pop(bundled, None)
            if bundle is not None:
                versions = json.loads(bundle) if isinstance(bundle, str) else bundle
                output.data[single] = versions[language]
                if single == "text/plain":
                    output.metadata["pixelwise"] = {"language": language}
    return chosen


def with_outputs(notebook: NotebookNode, outputs: Outputs) -> NotebookNode:
    """The notebook with `outputs` in its code cells, which are numbered from 1."""
    notebook = deepcopy(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, (cell, of_cell) in enumerate(zip(code, outputs, strict=True), start=1):
        cell.execution_count = count
        cell.outputs = deepcopy(of_cell)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook
