"""The encoding of a file that is not UTF-8: guessed, shown to who sent it, and theirs to change."""

import re
from codecs import getincrementaldecoder
from typing import IO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from labeling.file_text import PIECE, FileText

CHOICES = [
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("gb18030", gettext_lazy("Chinese: GBK, GB 18030")),
    ("big5", gettext_lazy("Chinese: Big5")),
    ("cp932", gettext_lazy("Japanese: Shift-JIS")),
    ("euc_jp", gettext_lazy("Japanese: EUC-JP")),
    ("cp949", gettext_lazy("Korean: cp949, EUC-KR")),
    ("cp1252", gettext_lazy("Western: Latin-1, Windows-1252")),
    ("cp1250", gettext_lazy("Central European: Windows-1250")),
    ("cp1251", gettext_lazy("Cyrillic: Windows-1251")),
    ("koi8_r", gettext_lazy("Cyrillic: KOI8-R")),
]
GUESSED = [name for name, _label in CHOICES if not name.startswith("utf")]
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, in either order
SAMPLE = 60_000  # bytes that a guess looks at

# What stands between quotation marks and is not ASCII: the rest of JSON says nothing. One without
# an end is taken too: to look for its end from each mark within it would take minutes.
_TEXT = re.compile(rb'"((?:[^"\\\n]|\\.)*+)"?')


def decode(file: IO[bytes], encoding: str = "") -> FileText:
    """The text of a file, in the encoding that was chosen, else the likeliest one.

    BadInputError where a part of it is in another one.
    """
    head = _head(file)
    if encoding:
        return _strictly(file, head, encoding)
    if head.startswith(MARKS):
        return _strictly(file, head, "utf-16", guessed=True)
    line = _first_bad_line(file, "utf-8-sig")
    if not line:
        return FileText(file, "utf-8-sig")
    if head[:200].count(0) > len(head[:200]) // 4:  # UTF-16 without a mark
        return _strictly(file, head, "utf-16", guessed=True)
    for name in _guesses(head):
        if not _first_bad_line(file, name):
            return FileText(file, name, encoding=name, guessed=True)
    raise BadInputError(
        _("The file is not UTF-8 text (line %(line)s), nor in an encoding that we know.")
        % {"line": line}
    )


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(8 * SAMPLE)


def _strictly(file: IO[bytes], head: bytes, encoding: str, *, guessed: bool = False) -> FileText:
    codec = _codec(head, encoding)
    if line := _first_bad_line(file, codec):
        raise BadInputError(
            _("Line %(line)s is not in the encoding %(name)s: choose another one.")
            % {"line": line, "name": encoding}
        )
    return FileText(file, codec, encoding=encoding, guessed=guessed)


def _first_bad_line(file: IO[bytes], codec: str) -> int:
    """The first line that is not in this codec; 0 where all of the file is."""
    decoder, line = getincrementaldecoder(codec)(), 1
    file.seek(0)
    while True:
        piece = file.read(PIECE)
        try:
            decoder.decode(piece, not piece)
        except UnicodeDecodeError as error:
            return line + error.object.count(b"\n", 0, error.start)
        if not piece:
            return 0
        line += piece.count(b"\n")


def _codec(head: bytes, encoding: str) -> str:
    """Python's name of what a file is in, where people may leave out the mark or the byte order."""
    if encoding == "utf-16" and not head.startswith(MARKS):
        little = head[1:200:2].count(0) > head[:200:2].count(0)
        return "utf-16-le" if little else "utf-16-be"
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _guesses(head: bytes) -> list[str]:
    """What a file that begins so may be in, the likeliest first."""
    texts = [text for text in _TEXT.findall(head) if not text.isascii()]
    sample = b"\n".join(texts)[:SAMPLE] or head[:SAMPLE]
    sample = sample.rpartition(b"\n")[0] or sample
    found = [match.encoding for match in from_bytes(sample, cp_isolation=GUESSED)]
    # Short texts pass as many: those whose letters are in use come first, in the library's order.
    found.sort(key=lambda name: -round(_share_in_use(sample, name), 1))
    both = sample.decode("cp1250", "ignore") == sample.decode("cp1252", "ignore")
    return ["cp1252" if name == "cp1250" and both else name for name in found]


def _share_in_use(sample: bytes, name: str) -> float:
    """How many of the letters beyond ASCII are such as people write in this encoding."""
    letters = [c for c in sample.decode(name, "ignore") if c > "\x7f" and c.isalpha()]
    if not letters:
        return 0.0
    used = sum(_is_in_use(letter, name) for letter in letters) / len(letters)
    kana = sum("ぁ" <= letter <= "ヿ" for letter in letters) / len(letters)
    is_japanese = name in {"cp932", "euc_jp"}
    if is_japanese != (kana > 0.15):
        return used / 2
    return used * 1.2 if is_japanese else used  # where kana make sense, they are no chance


def _is_in_use(letter: str, name: str) -> bool:
    match name:
        case "cp949":
            return "가" <= letter <= "힣"
        case "cp932" | "euc_jp":
            return "ぁ" <= letter <= "鿿"
        case "gb18030":  # the 3,755 of level 1
            return 0xB0 <= letter.encode(name)[0] <= 0xD7
        case "big5":  # the 5,401 of level 1
            return 0xA4 <= letter.encode(name)[0] <= 0xC6
        case "cp1251" | "koi8_r":
            return "а" <= letter <= "я" or "А" <= letter <= "Я"
        case "cp1250":
            return letter in "ąćčďęěłńňóřśšťůűźżžőáéíýúĄĆČŁŚŠŽŘ"
    return True
