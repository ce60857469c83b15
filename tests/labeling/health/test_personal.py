"""Personal data in English and Chinese texts, and what only looks like it."""

import time

import pytest

from labeling.health.personal import KINDS


def found_in(text: str) -> dict[str, list[str]]:
    found = {kind.name: [text[at:end] for at, end in kind.found(text)] for kind in KINDS}
    return {name: each for name, each in found.items() if each}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mail ada.b+x@uni-ulm.de.", {"email": ["ada.b+x@uni-ulm.de"]}),
        ("我的邮箱是zhang.san@qq.com。", {"email": ["zhang.san@qq.com"]}),
        ("电话13812345678，", {"phone": ["13812345678"]}),
        ("打 010-62781234 或 +49 30 901820", {"phone": ["010-62781234", "+49 30 901820"]}),
        ("call (650) 253-0000", {"phone": ["(650) 253-0000"]}),
        ("身份证号11010519491231002x号", {"id": ["11010519491231002x"]}),
        ("My SSN is 123-45-6789.", {"id": ["123-45-6789"]}),
        ("卡号6222 0212 3456 7894", {"card": ["6222 0212 3456 7894"]}),
        ("card 4111-1111-1111-1111", {"card": ["4111-1111-1111-1111"]}),
        ("key=sk-" + "a1" * 12, {"key": ["sk-" + "a1" * 12]}),
        ("AKIA" + "IOSFODNN7EXAMPLE ok", {"key": ["AKIA" + "IOSFODNN7EXAMPLE"]}),
    ],
)
def test_personal_data_is_found(text: str, found: dict[str, list[str]]) -> None:
    assert found_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Write to ada@example.com or root@localhost",
        "身份证号110105194912310021",  # the check digit is wrong
        "4111 1111 1111 1112",
        "0000 0000 0000 0000, 4444 4444 4444 4444",
        "pi is 3.14159265358979",
        "order 8675309123, 1600x1200, 2024-01-02 10:30:11, 192.168.100.200",
        "2023-11-12 12:30-14:20, ISBN 978-3-16-148410-0",
        "000-12-3456, 987-65-4321",
        "the sk-learn library, hf_hub_download(...)",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert found_in(text) == {}


@pytest.mark.parametrize(
    "part", ["1 ", "1", "a@", "(1) ", "1-", "a.a@", "eyJ", "13812345678 ", "4111 1111 1111 1111 "]
)
def test_no_text_takes_long(part: str) -> None:
    text = (part * 32_000)[:32_000]
    began = time.process_time()

    found_in(text)

    assert time.process_time() - began < 5
