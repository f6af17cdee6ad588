"""ONNX Runtime as we run it: one thread, little memory, and silent.

From 1.29 on, ONNX Runtime by itself reports to its maker over the network, keeps an identifier of the machine in the
user's home, and starts a thread for that when it is imported. Nothing of ours may do any of this, so the switch is set
here, before the only import of it, and nothing else imports it.
"""

import os
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from faces.model_files.card import UnusableNetwork

ERRORS_ONLY = 3

Numbers = NDArray[np.float32]


class Session:
    """A loaded network with one input.

    It starts no thread, so a process may fork with it, and its weights are then shared. Several threads may run it at
    once.
    """

    def __init__(self, session: Any) -> None:
        given, wanted = session.get_inputs(), session.get_outputs()
        if len(given) != 1:
            raise UnusableNetwork(f"a network needs one input, not {len(given)}")
        self._session, self._name = session, given[0].name
        self.outputs: tuple[str, ...] = tuple(each.name for each in wanted)
        self.kind: str = given[0].type  # such as tensor(float)
        self.shape: list[int | str | None] = given[0].shape

    def run(self, rows: NDArray[Any]) -> Numbers:
        """Return the only output for an input of the right kind and shape; raises RuntimeError for others."""
        (numbers,) = self.run_all(rows)
        return numbers

    def run_all(self, rows: NDArray[Any]) -> list[Numbers]:
        """Return every output, in the order of `outputs`; raises RuntimeError for an input that it doesn't take."""
        return [np.asarray(numbers, np.float32) for numbers in self._session.run(None, {self._name: rows})]


def open_session(network: bytes, *, threads: int = 1) -> Session:
    """Load a network, to be run by so many threads together; raises UnusableNetwork."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False  # for a single face the arena saves no time
    options.log_severity_level = ERRORS_ONLY
    try:
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common base class
        raise UnusableNetwork(f"ONNX Runtime can't load this network: {type(error).__name__}") from error
    return Session(session)


def load_quantizer() -> Any:
    """Load onnxruntime.quantization, silent like the rest; raises UnusableNetwork where the onnx package is missing."""
    try:
        from onnxruntime import quantization
        from onnxruntime.quantization import shape_inference  # type: ignore[import-untyped]  # noqa: F401 - an attribute of it
    except ModuleNotFoundError as missing:
        raise UnusableNetwork(f"quantizing needs the package {missing.name}, of requirements-test.lock") from missing
    return quantization
