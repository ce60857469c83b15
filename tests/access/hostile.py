"""Requests that nobody sends by mistake."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.access.wire import Request

METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X-Y"]
CHARSETS = [
    "utf-8", "latin-1", "bz2_codec", "zip", "hex", "rot13", "idna", "punycode", "undefined",
    "utf-7", "utf-16", "unicode_escape", "raw_unicode_escape", "base64", "uu", "mbcs", "odd", "",
]  # fmt: skip
PIECES = [
    b"", b" ", b"\0", b"a\0b", b"\xed\xa0\x80", b"\xff\xfe", b"%00", b"%", b"%zz", b"../..",
    b"0", b"-1", b"1", b"2", b"99999999999", b"9223372036854775807", b"9223372036854775808",
    b"1e999", b"NaN", b"1" * 5000, b"\xd9\xa3", b"\xc2\xb2", b"true", b"None", b"null", b"[]",
    b"{}", b"<b>", b"'", b'"', b"\r\n", b"a" * 300, b"\xe2\x80\xae", b"\xf0\x9f\x91\x8b", b"en",
    b"zh-hans", b"train", b"a@b.c", b"//evil.example", b"http://[", b"javascript:1", b"a;b",
    b"a=b&c", b"\\", b"\x1b[0m", b"\xef\xbb\xbf", b'{"prompt": "a"}', b'{"\\ud800": 1}',
    b'{"a": 1, "a": 2}', b"[" * 200, b'{"prompt": "\\u0000"}',
]  # fmt: skip
COOKIES = ["sessionid", "csrftoken", "messages", "django_language", "theme", "other"]
HEADERS = [
    "Accept", "Accept-Language", "Authorization", "Content-Encoding", "Content-Type", "Host",
    "HX-Current-URL", "HX-Request", "If-Modified-Since", "If-None-Match", "Last-Event-ID",
    "Origin", "Range", "Referer", "User-Agent", "X-CSRFToken", "X-Forwarded-For",
    "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Requested-With",
]  # fmt: skip
QUERY = [
    "after", "before", "kind", "page", "q", "split", "language", "use_case", "state", "limit",
    "version", "preset", "dataset", "encoding", "round", "next", "key", "token", "odd",
]  # fmt: skip
ODD_KEYS = ["\x00", "\ud800", "messages", "split", ""]
ODD = [2**31, 2**63, -1, 10**40, "\x00", "\ud800", "\u202e", ""]

piece = st.one_of(
    st.sampled_from(PIECES),
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace")),
    st.binary(max_size=12),
)
in_header = piece.map(lambda value: re.sub(rb"[\r\n\0]", b"", value))  # others end the request
quoted = piece.map(quote_from_bytes)
as_key = st.one_of(
    st.just(b"\0"), piece
).map(  # of a session's length
    lambda value: (b"a" * 16 + value + b"a" * 16)[:32]
)
in_cookie = st.one_of(  # within double quotes, a backslash and three digits are a byte
    in_header,
    st.one_of(piece, as_key, as_key).map(
        lambda value: b'"%s"' % b"".join(b"\\%03o" % byte for byte in value[:40])
    ),
)
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
value = st.recursive(
    st.one_of(plain, st.sampled_from(ODD)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


line = st.one_of(  # of a file of prompts
    st.dictionaries(st.one_of(st.sampled_from(["prompt", *ODD_KEYS]), st.text(max_size=5)), value),
    st.builds(lambda part: {"prompt": "a", "language": part}, value),
    st.builds(lambda part: {"messages": [{"role": "user", "content": part}]}, value),
).map(lambda row: json.dumps(row).encode())


def fields_of(page: bytes) -> dict[str, str]:
    """The names of a page's fields, each with the value that it has."""
    found = {}
    for tag in re.findall(r"<(?:input|select|textarea|button)\b[^>]*>", page.decode()):
        name = re.search(r'\bname="([^"]*)"', tag)
        if name and name.group(1) != "csrfmiddlewaretoken":  # the header has it
            said = re.search(r'\bvalue="([^"]*)"', tag)
            found[name.group(1)] = unescape(said.group(1)) if said else ""
    return found


def one_in(number: int) -> st.SearchStrategy[bool]:
    """True once in so many times."""
    return st.integers(1, number).map(lambda drawn: drawn == number)


@st.composite
def requests(
    draw: Any, path: str, method: str, fields: dict[str, str], body: dict[str, Any] | None
) -> Request:
    """A request to `path`, something in it as it should not be.

    fields: of its form. body: the JSON that the address takes, None where it takes a form.
    """
    content_type, content = draw(_json(body) if body is not None else _body(fields))
    headers = [(b"content-type", content_type)]
    odd = draw(st.sampled_from(["header", "cookie", "cookie", "neither"]))
    if odd == "header":
        headers.append((draw(st.sampled_from(HEADERS)).encode(), draw(in_header)))
    if odd == "cookie":
        cookie = draw(st.sampled_from(["sessionid", *COOKIES])).encode()
        headers.append((b"cookie", cookie + b"=" + draw(in_cookie)))
    return Request(
        path=draw(_path(path)),
        method=draw(st.sampled_from(METHODS if draw(one_in(8)) else ["POST", method])),
        query=draw(_query) if draw(one_in(3)) else b"",
        headers=tuple(headers),
        body=content,
    )


@st.composite
def _path(draw: Any, path: str) -> bytes:
    parts = path.split("/")
    if draw(one_in(8)):
        at = draw(st.integers(1, len(parts) - 1))
        parts[at] = draw(quoted)
    return "/".join(parts).encode()


_query = st.lists(st.tuples(st.sampled_from(QUERY), quoted), max_size=3).map(
    lambda pairs: "&".join(f"{name}={text}" for name, text in pairs).encode()
)


@st.composite
def _body(draw: Any, fields: dict[str, str]) -> tuple[bytes, bytes]:
    values = {name: text.encode() for name, text in fields.items()}
    names = st.sampled_from([*fields, "file", "next", "odd"])
    values |= draw(st.dictionaries(names, piece, max_size=3))
    if "file" in fields:
        values["file"] = b"\n".join(draw(st.lists(st.one_of(piece, line), min_size=1, max_size=4)))
    shapes = ["parts"] if "file" in fields else ["form", "form", "form", "parts", "parts", "raw"]
    shape = draw(st.sampled_from(shapes))
    if shape == "form":
        pairs = [f"{quote_from_bytes(n.encode())}={quote_from_bytes(v)}" for n, v in values.items()]
        return draw(_typed("application/x-www-form-urlencoded")), "&".join(pairs).encode()
    if shape == "raw":
        types = st.sampled_from(["multipart/form-data", "text/plain", "application/json", ""])
        return draw(types.flatmap(_typed)), draw(piece)
    parts = [draw(_part(name, text)) for name, text in values.items()]
    end = draw(st.sampled_from([b"--B--\r\n", b"--B--\r\n", b"--B", b""]))
    return draw(_typed("multipart/form-data; boundary=B")), b"".join(parts) + end


PART_HEADERS = [
    b"",
    b"",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: a/b; charset=zip\r\n",
    b"Content-Type: a/b; charset*=odd''a\r\n",
]


@st.composite
def _part(draw: Any, name: str, text: bytes) -> bytes:
    file = draw(st.sampled_from([b"", b'; filename="a.jsonl"', b"; filename*=zip''%41"]))
    if name == "file":
        odd = draw(one_in(4))
        file = b'; filename="%s"' % (draw(in_header) if odd else b"a.jsonl")
    extra = draw(st.sampled_from(PART_HEADERS))
    head = b'--B\r\nContent-Disposition: form-data; name="%s"%s\r\n%s\r\n'
    return head % (name.encode(), file, extra) + text + b"\r\n"


@st.composite
def _json(draw: Any, body: dict[str, Any]) -> tuple[bytes, bytes]:
    kept = {
        name: draw(st.one_of(st.just(part), st.just(part), value)) for name, part in body.items()
    }
    if draw(one_in(6)):
        kept |= draw(st.dictionaries(st.text(max_size=5), value, max_size=2))
    text = json.dumps(kept).encode()
    content = draw(st.one_of(st.just(text), st.just(text), piece))
    return draw(_typed("application/json")), content


@st.composite
def _typed(draw: Any, content_type: str) -> bytes:
    if not draw(one_in(12)):
        return content_type.encode()
    forms = ["; charset=%s", '; charset="%s"', "; charset*=%s''a%%41", "; a*=%s''b"]
    form = draw(st.sampled_from(forms))
    return (content_type + form % draw(st.sampled_from(CHARSETS))).encode()
