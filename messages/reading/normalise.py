"""How does a message look once its spelling is out of the way?"""

import re
import unicodedata

# A forwarded article is no answer: its beginning and its end are read, which keeps the work small whatever arrives.
HEAD, TAIL = 500, 200

NIK = "_nik"
# The signs that mean something, and the one we keep for each.
EMOJI = {
    "👍": "👍✅✔☑🙋",
    "👌": "👌🆗💪🫡🤝",
    "❤": "❤♥🧡💛💚💙💜🥰😍",
    "🙏": "🙏",
    "👎": "👎❌✖🙅🚫",
    "🤒": "🤒🤕🤧😷",
    "?": "❓❔⁉",
}
_EMOJI_TABLE = {ord(sign): f" {kept} " for kept, signs in EMOJI.items() for sign in signs}
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_SIXTEEN_DIGITS = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15}(?!\d)")
_APOSTROPHE = re.compile(r"(?<=\w)['`’‘ʼ´](?=\w)")
_QUOTED = re.compile(
    r"\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|«[^»\n]{1,200}»|(?<!\w)['‘][^'’\n]{1,200}['’](?!\w)|^[ ]*>.*$", re.MULTILINE
)
_FORMATTING = re.compile(r"[*~]+|_+(?!nik)")
_PIECE = re.compile(r"_nik|\d+(?:[.:]\d+)*|[^\W\d_]+(?:\d+[^\W\d_]+)*\d?(?!\d)|[^\W\d_]+|[?!.,;:…/\n-]|[👍👌❤🙏👎🤒]")


def clean(text: str) -> str:
    """Lower-case text without invisible signs, identity numbers, formatting and what is quoted from somebody else."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    if not text.isascii():
        text = _plain_letters(text)
    text = _CONTROL.sub(" ", text.lower())
    text = _SIXTEEN_DIGITS.sub(f" {NIK} ", text)
    return _without_quotes(_APOSTROPHE.sub("", _FORMATTING.sub("", text))).strip()


def pieces(text: str) -> list[str]:
    """Words, numbers, kept signs and punctuation, in order."""
    return _PIECE.findall(text)


def _plain_letters(text: str) -> str:
    # One sign may unfold into eighteen.
    text = unicodedata.normalize("NFKC", text)[: HEAD + TAIL]
    text = _INVISIBLE.sub("", text.translate(_EMOJI_TABLE))
    # Javanese may be written with é and è; nobody types them twice the same way.
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _without_quotes(text: str) -> str:
    """Words in quotation marks belong to somebody else, unless nothing else is left."""
    if not any(mark in text for mark in ">\"'“«‘"):
        return text
    rest = _QUOTED.sub(" ", text)
    return rest if any(sign.isalnum() for sign in rest) else text
