"""The form in which managers set a kind: drawn from its `Settings`, and read back into their form.

Rows of a list carry their number in the names of their fields, and the list's own name once each,
so that what is sent says how many there are and in which order.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from django.http import QueryDict
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from labeling.kinds.settings import Said, as_stored, in_words

Content = dict[str, Any]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LONGEST_NUMBER = 9  # characters


@dataclass(frozen=True, kw_only=True)
class Input:
    """One field. form: text, long, number, fraction, tick or choice."""

    name: str
    said: Said
    form: str
    value: Any
    error: str
    limits: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Its id on the page."""
        return key(self.name)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One of a list; number: its place."""

    number: int
    inputs: list[Input]
    error: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A list of rows."""

    name: str
    said: Said
    rows: list[Row]
    error: str
    form: str = field(default="rows")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that belong together, folded until somebody looks at them or one is wrong."""

    name: str
    said: Said
    fields: list["Input | Rows | Group"]
    is_open: bool
    form: str = field(default="group")


def drawn(
    model: type[BaseModel],
    content: Content,
    errors: Mapping[str, str],
    at: str = "",
    focus: str = "",
) -> Iterator[Input | Rows | Group]:
    """The fields of `model` with what `content` holds. errors: by path, as of `problems`.

    focus: the element that has the focus, whose group is open.
    """
    for name, info in model.model_fields.items():
        path, said, value = f"{at}{name}", said_of(info), content.get(name)
        if group := group_of(info):
            inner = f"{path}."
            is_wrong = any(each.startswith(inner) for each in errors)
            is_in = focus.partition("-")[2].replace("-", ".").startswith(inner)
            fields = list(drawn(group, value or {}, errors, inner, focus))
            yield Group(name=path, said=said, fields=fields, is_open=is_wrong or is_in)
            continue
        if row := row_of(info):
            yield Rows(
                name=path, said=said, rows=_rows(row, path, value, errors), error=_at(errors, path)
            )
            continue
        shown = in_words(value, said.known) if isinstance(value, str) else value
        yield Input(
            name=path,
            said=said,
            form=_form(info, said),
            value=shown,
            error=_at(errors, path),
            limits=limits(info),
        )


def sent(model: type[BaseModel], data: QueryDict, at: str = "") -> Content:
    """What the form holds, to be checked by `model`."""
    found: Content = {}
    for name, info in model.model_fields.items():
        path, said = f"{at}{name}", said_of(info)
        if group := group_of(info):
            found[name] = sent(group, data, f"{path}.")
        elif row := row_of(info):
            numbers = [number for number in data.getlist(path) if number.isdecimal()]
            found[name] = [sent(row, data, f"{path}.{number}.") for number in numbers]
        elif info.annotation is bool:
            found[name] = path in data
        else:
            text = data.get(path, "").replace("\r\n", "\n").strip()
            number = _number(text, info)
            found[name] = as_stored(text, said.known) if number is None else number
    return found


def acted(model: type[BaseModel], content: Content, act: str, at: str = "") -> tuple[Content, str]:
    """The content after a button of a list, and which element has the focus then.

    act: add.<list>, or up, down or remove.<list>.<number>; anything else changes nothing. The list
    of a group comes after the group's name and a dot.
    """
    verb, _dot, rest = act.partition(".")
    name, _dot, place = rest.partition(".")
    if name in model.model_fields and (group := group_of(model.model_fields[name])):
        inner, focus = acted(group, content[name], f"{verb}.{place}", f"{at}{name}.")
        return {**content, name: inner}, focus
    row = row_of(model.model_fields[name]) if name in model.model_fields else None
    if row is None:
        return content, ""
    rows, whole = list(content[name]), f"{at}{name}"
    if verb == "add":
        first = next(iter(row.model_fields))
        rows.append({each: _blank(info) for each, info in row.model_fields.items()})
        return {**content, name: rows}, key(f"{whole}.{len(rows) - 1}.{first}")
    if not place.isdecimal() or int(place) >= len(rows):
        return content, ""
    number = int(place)
    taken = rows.pop(number)
    if verb == "remove":
        return {**content, name: rows}, f"add-{whole}"
    to = max(0, number - 1) if verb == "up" else min(len(rows), number + 1)
    rows.insert(to, taken)
    return {**content, name: rows}, f"{verb}-{whole}-{to}"


def said_of(info: FieldInfo) -> Said:
    """What the editor calls a field; a class that says nothing of one is wrong."""
    return next(said for said in info.metadata if isinstance(said, Said))


def key(name: str) -> str:
    """The id on the page of the field of this name."""
    return f"set-{name.replace('.', '-')}"


def group_of(info: FieldInfo) -> type[BaseModel] | None:
    """The model of fields that belong together; None for any other field."""
    model = info.annotation
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def row_of(info: FieldInfo) -> type[BaseModel] | None:
    """The model of the rows of a list; None for any other field."""
    row = get_args(info.annotation)[0] if get_origin(info.annotation) is list else None
    return row if isinstance(row, type) and issubclass(row, BaseModel) else None


def limits(info: FieldInfo) -> dict[str, Any]:
    """Of text its longest, of a number its least and most, by the names that HTML has for them."""
    names = {"max_length": "maxlength", "ge": "min", "le": "max"}
    return {
        names[name]: value
        for rule in info.metadata
        for name in names
        if (value := getattr(rule, name, None)) is not None
    }


def _rows(row: type[BaseModel], path: str, value: Any, errors: Mapping[str, str]) -> list[Row]:
    return [
        Row(
            number=n,
            inputs=[
                each for each in drawn(row, one, errors, f"{path}.{n}.") if isinstance(each, Input)
            ],
            error=_at(errors, f"{path}.{n}"),
        )
        for n, one in enumerate(value or [])
    ]


def _number(text: str, info: FieldInfo) -> int | float | None:
    """What `text` says of a field that is a number; None of another one, and where it is none."""
    if info.annotation not in (int, float) or len(text) > LONGEST_NUMBER:
        return None
    if NUMBER.fullmatch(text) is None or (info.annotation is int and "." in text):
        return None
    return int(text) if info.annotation is int else float(text)


def _form(info: FieldInfo, said: Said) -> str:
    if get_origin(info.annotation) is Literal or said.choices:
        return "choice"
    if info.annotation is bool:
        return "tick"
    if info.annotation in (int, float):
        return "number" if info.annotation is int else "fraction"
    return "long" if said.is_long else "text"


def _blank(info: FieldInfo) -> Any:
    """What a new row begins with: the default, or nothing."""
    if info.default is not PydanticUndefined:
        return info.default
    return get_args(info.annotation)[0] if get_origin(info.annotation) is Literal else ""


def _at(errors: Mapping[str, str], path: str) -> str:
    return errors.get(path, "")
