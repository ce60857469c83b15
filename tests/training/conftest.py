"""Job folders, the tiny model, and stages as real processes."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from transformers import PreTrainedModel

from tests.training import forks
from training import tiny
from training.artifacts import write_folder
from training.chat import Chat
from training.contract import files
from training.contract.spec import Spec

ROOT = Path(__file__).resolve().parents[2]

MakeJob = Callable[..., Path]
StartStage = Callable[..., forks.Forked]


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny matrices are computed faster by one core."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_policy() -> tuple[PreTrainedModel, Chat]:
    """Not to be trained or changed."""
    return tiny.make()


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_folder(folder, tiny.write)
    return folder


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    """make_job(spec, name="job", table=[row, …]) writes a job folder with its data.

    Tables that are not given are empty.
    """

    def make(spec: Spec, name: str = "job", **tables: list[dict[str, Any]]) -> Path:
        return write_job(tmp_path / name, spec, **tables)

    return make


def write_job(folder: Path, spec: Spec, **tables: list[dict[str, Any]]) -> Path:
    """A job in `folder`, with its data; tables that are not given are empty."""
    spec.write(folder)
    assert tables.keys() <= spec.data.keys()
    (folder / "data").mkdir()
    for table, columns in spec.data.items():
        rows = pa.Table.from_pylist(tables.get(table, []), schema=columns.schema(pa))
        pq.write_table(rows, files.data(folder, table))
    return folder


@pytest.fixture
def start_stage() -> Iterator[StartStage]:
    """start_stage("sft", folder) starts the stage as a process; none outlives the test."""
    started: list[forks.Forked] = []

    def start(stage: str, folder: Path, **environment: str) -> forks.Forked:
        log = folder / "output.log"
        process = forks.Forked(forks.train, stage, folder, log=log, **environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(path: Path, process: Any, text: str = "") -> None:
    """Until the file is there, with `text` in it. It leaves the core to the process meanwhile."""
    while not path.exists() or text not in (path.read_text() if text else ""):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.005)


NO_SYSTEM_TURNS = (
    "{% for message in messages %}{% if message['role'] == 'system' %}"
    "{{ raise_exception('no system turns') }}{% endif %}"
    "<|im_start|>{{ message['content'] }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>{% endif %}"
)


def ask(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]
