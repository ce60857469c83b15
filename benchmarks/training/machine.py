"""What it ran on."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("torch", "transformers", "accelerate", "trl", "peft")
BF16 = {"avx512_bf16", "amx_bf16"}


def cpu_flags() -> set[str]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return set(flags.partition(":")[2].split())


def fast_dtype(device: str) -> str:
    """bf16 where the machine multiplies it faster than fp32."""
    return "bfloat16" if device == "cuda" or BF16 & cpu_flags() else "float32"


def gpu() -> str:
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip()


def machine(device: str) -> dict[str, str | int]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line for line in lines if line.startswith("model name")), ":unknown")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": model.partition(":")[2].strip(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(memory / 1e9),
        **({"gpu": gpu()} if device == "cuda" else {}),
    }


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
