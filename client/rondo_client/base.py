"""What all resources share: addresses, answers as models, pages one after the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from rondo_client.downloads import Download
from rondo_client.errors import AnswerError
from rondo_client.progress import Progress
from rondo_client.transport import Transport

T = TypeVar("T")
# Left out: the server's own default holds.
UNSET: Any = type("Unset", (), {"__repr__": lambda self: "UNSET", "__bool__": lambda self: False})()


class Received(BaseModel):
    """What the server answers. Fields of a newer server are kept as `model_extra`."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())


class Sent(BaseModel):
    """A part of what is sent; a word that is not known is refused before it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Resource:
    """The operations on one noun. NOT_IN_SHELL: methods that only Python has a use for."""

    NOT_IN_SHELL: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _ask(self, shape: type[T], method: str, path: str, **given: Any) -> T:
        """The answer, as `shape`."""
        return _read(shape, self._transport.json(method, path, **given), path)

    def _ask_for_any(self, shape: type[T], method: str, path: str, **given: Any) -> T | None:
        """The answer, as `shape`; None where there is nothing (204)."""
        found = self._transport.json(method, path, **given)
        return None if found is None else _read(shape, found, path)

    def _pages(
        self,
        row: type[T],
        path: str,
        *,
        size: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Iterator[T]:
        """All rows of a list, a page at a time as they are read. size: rows of a page."""
        query = {"limit": size, **(params or {})}
        while True:
            page = self._transport.json("GET", path, params=query)
            if not isinstance(page, dict) or "items" not in page:
                raise _differs(path)
            for found in page["items"]:
                yield _read(row, found, path)
            if page.get("next") is None:
                return
            query["cursor"] = page["next"]

    def _download(
        self,
        path: str,
        target: Path | str,
        *,
        params: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """The answer as a file, see `rondo_client.downloads`."""
        return Download(self._transport, path, Path(target), params=params, progress=progress).run()


def at(template: str, **parts: object) -> str:
    """The address: each part of `template` in braces replaced, whatever it holds."""
    return template.format(**{name: quote(str(part), safe="") for name, part in parts.items()})


def given(**fields: Any) -> dict[str, Any]:
    """What is sent: all that is not UNSET, models as JSON."""
    return {name: _plain(value) for name, value in fields.items() if value is not UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return to_jsonable_python(value)  # times, UUIDs


def _read(shape: type[T], found: Any, path: str) -> T:
    try:
        return TypeAdapter(shape).validate_python(found)
    except ValidationError as error:
        raise _differs(path) from error


def _differs(path: str) -> AnswerError:
    return AnswerError(
        f"{path} answered otherwise than this version of rondo-client knows: install the version"
        " of the server."
    )
