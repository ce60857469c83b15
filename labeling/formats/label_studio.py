"""Label Studio's JSON: a task with its data and annotations, each a list of results.

https://labelstud.io/guide/task_format. A file does not say which text a control was about, so the
texts are found in the data: the prompt by its name, what is judged as the other texts in their
order, or the items of a list. Read are "textarea" (a demonstration), "pairwise" (left or right) and
"ranker" (an order of items); other results are kept with the labels of their annotation.
"""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, Text, preferred
from labeling.formats.reading import asked, text_of

PROMPTS = ("prompt", "instruction", "question", "query", "messages", "dialogue", "text", "input")
BODY = ("body", "html", "text", "answer", "value", "title")  # of an item of a list


class LabelStudio(Format):
    """Annotated tasks."""

    name = "label_studio"
    label = "Label Studio"
    needed: ClassVar[tuple[str, ...]] = ("annotations",)

    def fits(self, row: Row) -> float:
        """By its keys."""
        is_task = isinstance(row.get("data"), dict) and isinstance(row.get("annotations"), list)
        return float(is_task)

    def read(self, row: Row) -> list[Entry]:
        """The task's prompt, with what each annotation says of it."""
        data, annotations = row.get("data"), row.get("annotations")
        if not isinstance(data, dict) or not isinstance(annotations, list):
            raise BadInputError(_("it needs “data” and “annotations”"))
        name = next((name for name in PROMPTS if data.get(name)), None)
        if name is None:
            raise BadInputError(_("its data has none of %(names)s") % {"names": ", ".join(PROMPTS)})
        texts = {
            key: value for key, value in data.items() if key != name and isinstance(value, str)
        }
        given = [each for each in annotations if isinstance(each, dict)]
        labels = [
            label
            for each in given
            if not each.get("was_cancelled")
            for label in _labels(each, list(texts.values()), _items(data))
        ]
        judged = {text.text for label in labels for text in label.texts}
        kept = {key: text for key, text in texts.items() if text not in judged}
        prompt = {**asked(data[name]), "metadata": {**kept, **_id(row)}}
        return [Entry(prompt=prompt, labels=tuple(labels))]


def _labels(annotation: Row, texts: list[str], items: dict[str, str]) -> list[Label]:
    about, found = _about(annotation), []
    for result in _objects(annotation.get("result")):
        value, kind = result.get("value"), text_of(result, "type")
        content = value.get(kind) if isinstance(value, dict) else None
        match kind:
            case "textarea":
                found += [Label(written=each) for each in _strings(value, "text")]
            case "pairwise" if len(texts) >= 2 and isinstance(value, dict):
                found += _pair(value, texts)
            case "ranker" if order := _order(content):
                found.append(_ranked(order, items))
            case _:
                about[str(result.get("from_name", ""))[:200]] = value
    who = _who(annotation.get("completed_by"))
    return [Label(written=each.written, texts=each.texts, who=who, about=about) for each in found]


def _pair(value: Row, texts: list[str]) -> list[Label]:
    match value.get("selected"):
        case "left":
            return [preferred(texts[0], texts[1])]
        case "right":
            return [preferred(texts[1], texts[0])]
        case _:
            return []


def _ranked(order: list[str], items: dict[str, str]) -> Label:
    if missing := [key for key in order if key not in items]:
        raise BadInputError(_("the item “%(id)s” is not in its data") % {"id": missing[0][:40]})
    texts = [Text(text=items[key], tier=tier) for tier, key in enumerate(order, 1)]
    return Label(texts=tuple(texts))


def _order(content: Any) -> list[str]:
    """The ids of the items, best first; [] where they lie in several buckets, which no order is."""
    if isinstance(content, dict):
        filled = [ids for ids in content.values() if ids]
        content = filled[0] if len(filled) == 1 else []
    ids = content if isinstance(content, list) else []
    return [str(each) for each in ids] if len(ids) > 1 else []


def _items(data: Row) -> dict[str, str]:
    """The texts of its lists, by the ids of their items."""
    found = {}
    for value in data.values():
        for item in value if isinstance(value, list) else []:
            if isinstance(item, dict) and "id" in item:
                texts = [item[name] for name in BODY if isinstance(item.get(name), str)]
                found[str(item["id"])] = texts[0] if texts else ""
    return found


def _strings(value: Any, name: str) -> list[str]:
    found = value.get(name) if isinstance(value, dict) else None
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, str) and each.strip()]


def _objects(value: object) -> list[Row]:
    return [each for each in (value if isinstance(value, list) else []) if isinstance(each, dict)]


def _about(annotation: Row) -> Row:
    names = ("created_at", "lead_time", "ground_truth")
    return {name: annotation[name] for name in names if annotation.get(name) is not None}


def _id(row: Row) -> Row:
    return {"id": row["id"]} if isinstance(row.get("id"), int | str) else {}


def _who(value: object) -> str:
    """A person: a number, or an object with one."""
    if isinstance(value, dict):
        value = value.get("id", value.get("email"))
    return str(value) if isinstance(value, int | str) else ""
