"""What the button under a preview says."""

from typing import Any

import pytest
from django.utils import translation

from labeling.import_preview import Standing
from labeling.views.import_words import button

NONE = dict.fromkeys(("new", "known", "alike", "near", "beyond", "apart", "rubrics", "labels"), 0)


@pytest.mark.parametrize(
    ("prompts", "more", "is_repaired", "said", "in_chinese"),
    [
        (1, {}, False, "Import 1 prompt", "导入：1 条提示"),
        (0, {"labels": 2}, False, "Import 2 labels", "导入：2 条标注"),
        (3, {"labels": 1}, False, "Import 3 prompts and 1 label", "导入：3 条提示、1 条标注"),
        (0, {"rubrics": 1}, False, "Import the rubrics", "导入：评分表"),
        (0, {}, True, "Import the repaired lines", "导入：修复后的行"),
        (0, {}, False, "", ""),
        (
            2,
            {"labels": 2, "rubrics": 1},
            True,
            "Import 2 prompts, 2 labels, the rubrics and the repaired lines",
            "导入：2 条提示、2 条标注、评分表、修复后的行",
        ),
    ],
)
def test_the_button_says_all_that_will_be_stored(
    prompts: int, more: dict[str, Any], is_repaired: bool, said: str, in_chinese: str
) -> None:
    standing = Standing(**{**NONE, **more})

    assert button(prompts, standing, is_repaired=is_repaired) == said
    with translation.override("zh-hans"):
        assert button(prompts, standing, is_repaired=is_repaired) == in_chinese
