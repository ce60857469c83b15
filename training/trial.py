"""A model is tried before it is taken: each stage takes two real steps on a small cut of it.

A stage that trains has a module `trial` beside its trainer, which is found by its presence: `ORDER`
says when it comes, `job` gives its spec and tables from the models made so far, `stage` works.
"""

import gc
import shutil
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel

import training
from training import tables
from training.artifacts import write_folder
from training.chat import Chat
from training.contract import files
from training.contract.said import say
from training.errors import BadInputError, NoSpaceError, StoppedError, TrainingError
from training.folder import JobFolder, Row
from training.models import attention_of, save_model

Tables = Mapping[str, list[Row]]
LAYERS = 2
ASK = [{"role": "user", "content": "What is the capital of France?"}]
MORE = [*ASK, {"role": "assistant", "content": "Paris."}, {"role": "user", "content": "And Spain?"}]
RANKINGS: list[Row] = [
    {
        "annotation_id": number,
        "annotator": "trial",
        "prompt_id": number,
        "messages": messages,
        "completions": ["It is a city.", "No.", "Paris, on the Seine."],
        "finished": [True, True, False],
        "tiers": [[0], [1, 2]],
    }
    for number, messages in enumerate((ASK, MORE))
]
PROMPTS: list[Row] = [{"prompt_id": n, "messages": m} for n, m in enumerate((ASK, MORE))]
DEMONSTRATIONS: list[Row] = [prompt | {"completion": "It is a city."} for prompt in PROMPTS]


def try_stages(model: PreTrainedModel, chat: Chat, *, beside: Path) -> None:
    """BadInputError, with the reason, where a stage would fail on this model.

    The models that the stages make lie in a folder beside `beside` while they are tried.
    """
    with tempfile.TemporaryDirectory(dir=beside.parent, prefix="tmp-") as scratch:
        made = {"base_model": Path(scratch) / "base_model" / files.MODEL}
        made["base_model"].parent.mkdir()
        try:
            write_folder(made["base_model"], lambda to: save_model(to, cut_of(model.config), chat))
            for name, module in trials():
                try_stage(module, Path(scratch) / name, made)
                made[name] = Path(scratch) / name / files.MODEL
                gc.collect()
        except (StoppedError, NoSpaceError, MemoryError):
            raise
        except TrainingError as error:
            raise type(error)(
                say("this model cannot be trained here: {error}", error=error)
            ) from error
        except Exception as error:
            raise BadInputError(
                say("this model cannot be trained here ({error})", error=said(error))
            ) from error


def said(error: Exception) -> str:
    """What a library's error says, in a line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def trials() -> list[tuple[str, ModuleType]]:
    """Stages with a trial, in their order."""
    found = [
        (package.name, import_module(f"training.{package.name}.trial"))
        for package in iter_modules(training.__path__)
        if package.ispkg
        and any(Path(p, package.name, "trial.py").is_file() for p in training.__path__)
    ]
    return sorted(found, key=lambda one: (one[1].ORDER, one[0]))


def try_stage(module: ModuleType, path: Path, made: Mapping[str, Path]) -> None:
    spec, rows = module.job({name: str(folder) for name, folder in made.items()})
    spec.write(path)
    (path / "data").mkdir()
    for name, table in spec.data.items():
        tables.write(files.data(path, name), rows.get(name, []), table)
    with JobFolder(path) as folder:
        module.stage(folder)
    shutil.rmtree(path / files.CHECKPOINTS, ignore_errors=True)


def cut_of(config: PreTrainedConfig) -> PreTrainedModel:
    """A model of this architecture with few layers and, where that can be had, narrow ones."""
    for narrow in (True, False):
        values = config.to_dict() | {"dtype": "float32", "num_hidden_layers": LAYERS}
        if kinds := values.get("layer_types"):
            one_of_each = list(dict.fromkeys(kinds))
            values["layer_types"] = (one_of_each + kinds)[: max(LAYERS, len(one_of_each))]
            values["num_hidden_layers"] = len(values["layer_types"])
        if narrow:
            values |= narrowed(values)
        small = type(config)(**values)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            try:
                return AutoModelForCausalLM.from_config(
                    small,
                    attn_implementation=attention_of(small),
                    dtype=torch.float32,
                    trust_remote_code=False,
                )
            except (ValueError, RuntimeError, TypeError):
                if not narrow:
                    raise
    raise AssertionError


def narrowed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Two groups of heads, each as wide as the model's own; what else follows from that."""
    heads, hidden = values.get("num_attention_heads"), values.get("hidden_size")
    groups = values.get("num_key_value_heads") or heads
    if not heads or not hidden or heads <= 4 or heads % groups or hidden % heads:
        return {}
    fewer = 2 * (heads // groups)
    return {
        "num_attention_heads": fewer,
        "num_key_value_heads": 2,
        "hidden_size": fewer * (hidden // heads),
        "intermediate_size": 2 * fewer * (hidden // heads),
    }
