"""Requests and replies, each whole, each once."""

import os

from training.contract.mailbox import Mailbox


def test_a_request_waits_until_it_is_replied_to(tmp_path) -> None:
    platform, trainer = Mailbox(tmp_path), Mailbox(tmp_path)
    for key in (10, 9):
        platform.ask(key, {"messages": [f"é {key}"]})

    assert list(trainer.asked().items()) == [
        (9, {"messages": ["é 9"]}),
        (10, {"messages": ["é 10"]}),
    ]
    trainer.reply(9, {"replies": ["\udcff"]})

    assert list(trainer.asked()) == [10]
    assert platform.replied() == {9: {"replies": ["\udcff"]}}


def test_what_was_passed_on_is_not_passed_on_again(tmp_path) -> None:
    platform, trainer = Mailbox(tmp_path), Mailbox(tmp_path)
    platform.ask(1, {"seeds": [1]})
    platform.ask(1, {"seeds": [2]})
    assert trainer.asked() == {1: {"seeds": [1]}}
    trainer.reply(1, {"replies": []})
    platform.ask(1, {"seeds": [3]})
    assert trainer.asked() == {}

    platform.take(1)

    assert platform.replied() == {}
    platform.ask(1, {"seeds": [4]})
    assert trainer.asked() == {1: {"seeds": [4]}}


def test_a_new_process_finds_nothing_of_the_one_before(tmp_path) -> None:
    box = Mailbox(tmp_path)
    box.ask(1, {})
    box.reply(2, {})
    box.close()
    assert box.is_closed

    box.clear()

    assert (box.asked(), box.replied(), box.is_closed) == ({}, {}, False)


def test_it_knows_how_long_nothing_was_said(tmp_path) -> None:
    box = Mailbox(tmp_path)
    for folder in (box.requests, box.replies):
        os.utime(folder, (1000, 1000))
    assert box.idle_seconds() > 1e6

    box.ask(1, {})

    assert box.idle_seconds() < 60
