import re

from labeling import lines, markdown, parser
from labeling.parts import LONG, PART, render

BLOCK = "## A title\n\n- an item with *words* in it\n  1. and one in it\n\n|a|b|\n|-|-|\n|1|2|\n\n"


def test_a_short_text_has_no_parts() -> None:
    assert "text-part" not in markdown.render(BLOCK * 9)


def test_a_long_text_is_the_same_in_parts() -> None:
    """Each holds whole blocks and is as long as it must be, but the last."""
    text = "\n\n".join(f"{BLOCK}Number {n}." for n in range(99))
    whole = parser.build().render(lines.keep(text))
    assert len(whole) > LONG

    parted = render(parser.build(), lines.keep(text))
    parts = re.findall(r"<text-part>(.*?)</text-part>\n", parted, re.DOTALL)
    assert "".join(parts) == whole
    assert "".join(f"<text-part>{part}</text-part>\n" for part in parts) == parted
    assert all(PART <= len(part) < PART + 200 for part in parts[:-1])
    assert markdown.render(text).count("<text-part>") == len(parts)


def test_a_block_is_not_divided() -> None:
    item = "- an item\n" * 999
    shown = markdown.render(f"{item}\nThe end.")

    assert shown.count("<text-part>") == 2
    assert shown.endswith("</ul></text-part><text-part><p>The end.</p></text-part>\n")


def test_no_text_makes_a_part_itself() -> None:
    assert "<text-part>" not in markdown.render("<text-part>a</text-part>")
