"""The language of one text that a person sends."""


def guess_language(text: str) -> str:
    """zh for text with a good share of Chinese characters, en otherwise.

    For one text that a person sends, where a process to tell it would keep them waiting.
    """
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if chinese * 4 >= len(text.replace(" ", "")) > 0 else "en"
