"""Argilla's records, of version 2 (`dataset.records.to_json`) and of its feedback datasets before.

`dataset.records.to_datasets()` gives flat rows: the fields and metadata as columns, and for each
question "q.responses" with "q.responses.users" and "q.responses.status".

A record has "fields", "metadata" and "responses": in version 2 {question: [{"value", "user_id"}]},
before [{"user_id", "values": {question: {"value"}}}]. Questions are not in the file, so answers are
told by what they say: an order or a choice of fields, numbers whose question ends like a field
(rating_1, response_1), or a text that somebody wrote.
"""

import re
from collections import defaultdict
from itertools import zip_longest
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, Text, by_score
from labeling.formats.reading import asked, text_of

PROMPTS = ("prompt", "instruction", "question", "input", "messages", "chat", "conversation", "text")
OWN = {"id", "_server_id", "status", "score"}  # of a flat row; no fields
Answers = dict[str, Any]  # question -> value


class Argilla(Format):
    """Records with responses."""

    name = "argilla"
    label = "Argilla"
    needed: ClassVar[tuple[str, ...]] = ("fields",)

    def fits(self, row: Row) -> float:
        """By its keys."""
        is_record = isinstance(row.get("fields"), dict) and "responses" in row
        return float(is_record or any(f"{name}.users" in row for name in _questions(row)))

    def read(self, row: Row) -> list[Entry]:
        """The record's prompt, with what each person says of its other fields."""
        row = row if "fields" in row or "responses" in row else _nested(row)
        fields = row.get("fields")
        if not isinstance(fields, dict):
            raise BadInputError(_("“%(name)s” must be an object") % {"name": "fields"})
        name = next((name for name in PROMPTS if fields.get(name)), None)
        if name is None:
            raise BadInputError(_("its data has none of %(names)s") % {"names": ", ".join(PROMPTS)})
        texts = {
            key: value for key, value in fields.items() if key != name and isinstance(value, str)
        }
        labels = tuple(
            label
            for who, answers in _people(row.get("responses")).items()
            for label in _labels(who, answers, texts)
        )
        judged = {text.text for label in labels for text in label.texts}
        kept = {key: text for key, text in texts.items() if text not in judged}
        metadata = row.get("metadata")
        said = metadata if isinstance(metadata, dict) else {}
        return [Entry(prompt={**asked(fields[name]), "metadata": {**kept, **said}}, labels=labels)]


def _questions(row: Row) -> list[str]:
    """The columns of answers in a flat row."""
    return [name for name in row if name.endswith(".responses")]


def _nested(row: Row) -> Row:
    """A flat row as a record. Which columns are metadata it does not say: those of no texts."""
    plain = {name: value for name, value in row.items() if "." not in name and name not in OWN}
    responses = {}
    for name in _questions(row):
        parts = [row.get(each) for each in (name, f"{name}.users", f"{name}.status")]
        values, users, states = [part if isinstance(part, list) else [] for part in parts]
        given = zip_longest(values, users[: len(values)], states[: len(values)])
        responses[name.removesuffix(".responses")] = [
            {"value": value, "user_id": user, "status": state or "submitted"}
            for value, user, state in given
        ]
    metadata = {name: value for name, value in plain.items() if not isinstance(value, str | list)}
    fields = {name: value for name, value in plain.items() if name not in metadata}
    return {"fields": fields, "metadata": metadata, "responses": responses}


def _people(responses: Any) -> dict[str, Answers]:
    """The answers of each person that were not discarded."""
    found: dict[str, Answers] = defaultdict(dict)
    if isinstance(responses, dict):
        for question, given in responses.items():
            for number, each in enumerate(given if isinstance(given, list) else []):
                if isinstance(each, dict) and each.get("status", "submitted") == "submitted":
                    found[text_of(each, "user_id") or f"#{number}"][question] = each.get("value")
    elif isinstance(responses, list):
        for number, each in enumerate(responses):
            values = each.get("values") if isinstance(each, dict) else None
            if isinstance(values, dict) and each.get("status", "submitted") == "submitted":
                answers = {
                    name: v.get("value") for name, v in values.items() if isinstance(v, dict)
                }
                found[text_of(each, "user_id") or f"#{number}"] |= answers
    return found


def _labels(who: str, answers: Answers, texts: dict[str, str]) -> list[Label]:
    names = {_folded(name): name for name in texts}
    found: list[Label] = []
    about: Row = {}
    numbers: dict[str, float] = {}
    for question, value in answers.items():
        field = _field(question, texts)
        if order := _order(value, names):
            ranked = (Text(text=texts[name], tier=tier) for name, tier in order)
            found.append(Label(texts=tuple(ranked)))
        elif isinstance(value, str) and _folded(value) in names and len(texts) > 1:
            best = names[_folded(value)]
            others = [Text(text=text, tier=2) for key, text in texts.items() if key != best]
            found.append(Label(texts=(Text(text=texts[best]), *others)))
        elif isinstance(value, int) and not isinstance(value, bool) and field:
            numbers[field], about[question] = float(value), value
        elif isinstance(value, str) and len(value.split()) > 1:
            found.append(Label(written=value))
        elif value is not None:
            about[question] = value
    if len(texts) > 1 and numbers.keys() == texts.keys():
        found.append(by_score([(texts[name], score, "") for name, score in numbers.items()]))
    who = "" if who.startswith("#") else who
    return [Label(written=each.written, texts=each.texts, who=who, about=about) for each in found]


def _order(value: Any, names: dict[str, str]) -> list[tuple[str, int]]:
    """Fields with their tiers: names in their order, or each with its rank."""
    if not isinstance(value, list) or len(value) < 2:
        return []
    found: list[tuple[str, int]] = []
    for place, each in enumerate(value, 1):
        name = each.get("value") if isinstance(each, dict) else each
        tier = each.get("rank") if isinstance(each, dict) else place
        if not isinstance(name, str) or _folded(name) not in names or not isinstance(tier, int):
            return []
        found.append((names[_folded(name)], tier))
    return found


def _field(question: str, texts: dict[str, str]) -> str:
    """The field that a question is about, by the number that both end with; "" for none."""
    number = re.search(r"\d+$", question)
    ends = [name for name in texts if number and re.search(r"\d+$", name)]
    return next((name for name in ends if re.findall(r"\d+$", name) == [number[0]]), "")  # type: ignore[index]


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
