"""Licences of data that are offered, by their SPDX identifiers (https://spdx.org/licenses)."""

# SPDX identifier -> the word of the Hugging Face Hub for it.
OFFERED = {
    spdx: spdx.lower()
    for spdx in (
        "Apache-2.0",
        "MIT",
        "CC0-1.0",
        "CC-BY-4.0",
        "CC-BY-SA-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-ND-4.0",
        "CC-BY-NC-ND-4.0",
        "CDLA-Permissive-2.0",
        "CDLA-Sharing-1.0",
    )
} | {"ODC-By-1.0": "odc-by", "ODbL-1.0": "odbl", "PDDL-1.0": "pddl"}
LONGEST = 200  # characters of another one's name


def cleaned(text: str) -> str:
    """One line; an SPDX identifier of those offered as SPDX spells it, whatever its case."""
    line = " ".join(text.split())
    known = {spdx.lower(): spdx for spdx in OFFERED}
    return known.get(line.lower(), line)
