"""Model folders made by hand, as a trainer leaves them."""

import json
import struct
from pathlib import Path

from training.contract import manifest

CONFIG = {"model_type": "llama", "vocab_size": 4, "architectures": ["LlamaForCausalLM"]}


def write_safetensors(path: Path, **tensors: tuple[int, ...]) -> None:
    """A file of fp32 zeros with these shapes."""
    header, position = {}, 0
    for name, shape in tensors.items():
        size = 4
        for n in shape:
            size *= n
        header[name.replace("__", ".")] = {
            "dtype": "F32",
            "shape": list(shape),
            "data_offsets": [position, position + size],
        }
        position += size
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(position))


def seal(folder: Path) -> None:
    """Write the manifest."""
    manifest.write(folder, manifest.scan(folder))


def write_model(folder: Path) -> Path:
    """A model of twelve parameters with a tokenizer of four tokens, in the new `folder`."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    tokenizer = {"model": {"vocab": {"a": 0, "b": 1, "c": 2}}, "added_tokens": [{"id": 3}]}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    write_safetensors(folder / "model.safetensors", model__embed_tokens__weight=(4, 3))
    seal(folder)
    return folder
