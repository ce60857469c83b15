"""LoRA (2106.09685): low-rank matrices that learn beside weights that keep still, by peft.

Every linear map of the layers gets them (2106.09685 has attention only; QLoRA, 2305.14314, sec. 4,
and "LoRA Without Regret" find all of them to be needed). A model is saved merged, so that anything
loads it, and its matrices beside that, as peft reads them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from training.contract import manifest
from training.contract.manifest import ManifestError
from training.processes import seed_of
from training.trunk import layers_of

if TYPE_CHECKING:
    from peft import LoraConfig, PeftModel

FOLDER = "adapter"  # in a model's folder
WEIGHTS, CONFIG, BASE = "adapter_model.safetensors", "adapter_config.json", "base.json"
PREFIX = "base_model.model."  # peft's own, of all its names
# Over the rank: so the best learning rate does not depend on that ("LoRA Without Regret").
ALPHA = 32
NAME = "default"
HEAD = "score"  # of a reward model


def add(model: Any, *, rank: int, seed: int, frozen_layers: int = 0) -> None:
    """Put them beside the linear maps above the frozen layers of `model`, which itself keeps still.

    They change nothing at first: of each two matrices one is zero, the other drawn from the seed.
    """
    model.base_model.requires_grad_(requires_grad=False)
    _inject(model, _config(model, rank=rank, frozen_layers=frozen_layers))
    _draw(model, seed)


def wrapped(model: Any, *, rank: int, seed: int) -> "PeftModel":
    """The same, as a trainer of transformers takes it; `model` itself has them too."""
    from peft import get_peft_model  # noqa: PLC0415

    learning = get_peft_model(model, _config(model, rank=rank, frozen_layers=0), adapter_name=NAME)
    _draw(model, seed)
    return learning


def _draw(model: Any, seed: int) -> None:
    with torch.no_grad():
        for name, layer in _layers(model).items():
            generator = torch.Generator().manual_seed(seed_of(seed, "adapter", name))
            drawn = layer.lora_A[NAME].weight
            bound = drawn.shape[1] ** -0.5  # peft's: kaiming_uniform with a = sqrt(5)
            drawn.copy_(torch.empty(drawn.shape).uniform_(-bound, bound, generator=generator))


def has(model: nn.Module) -> bool:
    return bool(_layers(model))


def merged(model: Any, tensors: Mapping[str, Tensor], *, dtype: torch.dtype) -> dict[str, Tensor]:
    """The tensors of `model` as if it had learned itself what lies beside its weights, in `dtype`.

    tensors: all of them, whole. A score head stays as it is. What is one tensor under two names
    stays one.
    """
    layers = _layers(model)
    found: dict[str, Tensor] = {}
    known: dict[int, Tensor] = {}
    with torch.no_grad():
        for name, tensor in tensors.items():
            if ".lora_" in name:
                continue
            owner, _, kind = name.rpartition(".")
            layer = layers.get(owner.removesuffix(".base_layer"))
            if layer is not None and kind == "weight":
                low, high = (
                    tensors[f"{owner.removesuffix('.base_layer')}.lora_{one}.{NAME}.weight"]
                    for one in ("A", "B")
                )
                delta = high @ low
                delta = (delta.T if layer.fan_in_fan_out else delta) * layer.scaling[NAME]
                merged = (tensor.float() + delta.float()).to(dtype)
            elif tensor.is_floating_point() and owner != HEAD:
                merged = known.setdefault(tensor.data_ptr(), tensor.to(dtype))
            else:
                merged = tensor
            found[name.replace(".base_layer.", ".")] = merged
    return found


def save(folder: Path, model: Any, tensors: Mapping[str, Tensor], *, base: Path | str) -> None:
    """Write what was learned beside the model in `base`, as `PeftModel` reads it.

    tensors: all of the model, whole.
    """
    from peft import get_peft_model_state_dict  # noqa: PLC0415 most jobs do without

    target = folder / FOLDER
    target.mkdir()
    (target / CONFIG).write_text(_told(model.peft_config[NAME]), encoding="utf-8")
    own = get_peft_model_state_dict(model, state_dict=dict(tensors), adapter_name=NAME)
    learned = {PREFIX + name: tensor.detach().contiguous().cpu() for name, tensor in own.items()}
    save_file(learned, target / WEIGHTS, metadata={"format": "pt"})
    (target / BASE).write_text(json.dumps({"weights": weights_of(base)}) + "\n", encoding="utf-8")


def is_beside(folder: Path | str, base: Path | str) -> bool:
    """Whether the model in `folder` is the one in `base` and what was learned beside it."""
    try:
        known = json.loads((Path(folder) / FOLDER / BASE).read_text(encoding="utf-8"))["weights"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(known == weights_of(base))


def load(folder: Path | str, model: Any) -> None:
    """Put the matrices of the model in `folder` beside the weights of `model`, as `add` does."""
    from peft import LoraConfig  # noqa: PLC0415

    where = Path(folder) / FOLDER
    model.base_model.requires_grad_(requires_grad=False)
    _inject(model, LoraConfig.from_pretrained(str(where)))
    stored = load_file(where / WEIGHTS)
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, tensor in stored.items():
            own = name.removeprefix(PREFIX).replace(".weight", f".{NAME}.weight")
            parameters[own].copy_(tensor)


def weights_of(folder: Path | str) -> str:
    """The digest of a model's weights; empty for a folder without a manifest."""
    try:
        files = manifest.read(Path(folder))
    except ManifestError:
        return ""
    tensors = {name: file for name, file in files.items() if Path(name).suffix == ".safetensors"}
    own = {name: file for name, file in tensors.items() if not name.startswith(f"{FOLDER}/")}
    return manifest.digest_of(own)


def linear_maps(model: Any, *, frozen_layers: int = 0) -> dict[str, Any]:
    """Those of its decoder above the frozen layers, by name."""
    decoder = model.base_model
    above = layers_of(decoder)[frozen_layers:] if frozen_layers else [decoder]
    within = {id(module) for part in above for module in part.modules()}
    return {
        name: module
        for name, module in model.named_modules()
        if id(module) in within and isinstance(module, (nn.Linear, Conv1D))
    }


def _config(model: Any, *, rank: int, frozen_layers: int) -> "LoraConfig":
    from peft import LoraConfig  # noqa: PLC0415

    linear = linear_maps(model, frozen_layers=frozen_layers)
    return LoraConfig(
        r=rank,
        lora_alpha=ALPHA,
        target_modules=list(linear),
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in linear.values()),
    )


def _told(config: "LoraConfig") -> str:
    """The same for the same adapter: peft has sets."""
    values = {k: sorted(v) if isinstance(v, set) else v for k, v in config.to_dict().items()}
    return json.dumps(values, indent=2, sort_keys=True) + "\n"


def _inject(model: Any, config: "LoraConfig") -> None:
    from peft import inject_adapter_in_model  # noqa: PLC0415

    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    inject_adapter_in_model(config, model, adapter_name=NAME)
    for parameter in learning:  # a head: peft would have it keep still
        parameter.requires_grad_()
    for name, parameter in model.named_parameters():
        if ".lora_" in name:
            parameter.data = parameter.data.float()
    model.eval()


def _layers(model: nn.Module) -> dict[str, Any]:
    return {name: module for name, module in model.named_modules() if hasattr(module, "lora_A")}
