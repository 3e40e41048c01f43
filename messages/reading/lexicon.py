"""Which words do we know, and what does each do in a sentence?"""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from typing import Any

# Indonesian first: the other languages translate into its keys, and its spelling wins where two languages share one.
FIRST = "id.toml"
NO_TAGS: frozenset[str] = frozenset()

Lemmas = tuple[str, ...]


class Lexicon:
    """All word files together, indexed for looking up."""

    def __init__(self, tables: list[dict[str, Any]]) -> None:
        self.words: dict[str, Lemmas] = {}
        self.sayings: dict[str, list[tuple[Lemmas, Lemmas]]] = {}
        self.phrases: dict[tuple[str, str], list[tuple[Lemmas, str]]] = {}
        self.numbers: dict[str, int] = {}
        self.numerals: dict[str, int] = {}
        self.tags: dict[str, frozenset[str]] = {}
        self._add_words(tables)
        self._add_sayings(tables)
        self._add_phrases(tables)
        self._add_concepts(tables)
        self.folded = {key: word for word in reversed(self.words) for key in _folds(word) if key not in self.words}

    def lemmas(self, word: str) -> Lemmas:
        """What a word stands for; a new one stands for itself, without "-nya"."""
        stem = word.removesuffix("nya")
        if word not in self.words and stem in self.words:
            return self.words[stem]
        return self.words.setdefault(word, (word,))

    def _add_words(self, tables: list[dict[str, Any]]) -> None:
        for table in tables:
            for lemma in (*table.get("words", {}), *table.get("phrases", {})):
                if " " not in lemma:
                    self.lemmas(lemma)
        for lemma, spelling in _entries(tables, "words"):
            if " " not in spelling:
                self.words.setdefault(spelling, tuple(lemma.split()))
        for table in tables:
            for word in table.get("plain", {}).get("words", []):
                self.lemmas(word)
            self.numbers.update(table.get("numbers", {}))
            self.numerals.update(table.get("numerals", {}))

    def _add_sayings(self, tables: list[dict[str, Any]]) -> None:
        """A spelling of several words counts as written: "wong loro" is two people, "orang sakit" is not."""
        for lemma, spelling in _entries(tables, "words"):
            if " " in spelling:
                key = tuple(spelling.split())
                for word in key:
                    self.lemmas(word)
                self.sayings.setdefault(key[0], []).append((key, tuple(lemma.split())))
        for found in self.sayings.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def _add_phrases(self, tables: list[dict[str, Any]]) -> None:
        """A phrase counts however its words are spelled, and in whichever language."""
        for lemma, text in _entries(tables, "phrases"):
            key = tuple(part for word in text.split() for part in self.lemmas(word))
            if len(key) < 2:
                self.words[text] = (lemma,)
                continue
            self.phrases.setdefault((key[0], key[1]), []).append((key, lemma))
        for found in self.phrases.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def _add_concepts(self, tables: list[dict[str, Any]]) -> None:
        tags: dict[str, set[str]] = {}
        for concept, lemma in _entries(tables, "concepts"):
            tags.setdefault(lemma, set()).add(concept)
            self.words.setdefault(lemma, (lemma,))
        self.tags = {lemma: frozenset(found) for lemma, found in tags.items()}


def _entries(tables: list[dict[str, Any]], part: str) -> Iterator[tuple[str, str]]:
    for table in tables:
        for key, values in table.get(part, {}).items():
            for value in values:
                yield key, value


def _folds(word: str) -> list[str]:
    """A word as Banjar Hulu spells it: only a, i and u; e becomes a or i (FACTS 5)."""
    base = fold(word)
    places = base.count("e")
    if len(word) < 4 or not word.isalpha() or places > 3:
        return []
    parts = base.split("e")
    return [
        parts[0] + "".join(vowel + part for vowel, part in zip(vowels, parts[1:], strict=True))
        for vowels in product("ai", repeat=places)
    ]


def fold(word: str) -> str:
    """The letters that Banjar Hulu always writes the same way."""
    return word.replace("o", "u").replace("f", "p").replace("v", "p")


def _tables() -> list[dict[str, Any]]:
    folder = files("messages.reading").joinpath("words")
    found = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
    order = sorted(found, key=lambda name: (name != FIRST, name))
    return [tomllib.loads(found[name].read_text(encoding="utf-8")) for name in order]


LEXICON = Lexicon(_tables())


def tags_of(lemma: str) -> frozenset[str]:
    """What a meaning does in a sentence."""
    return LEXICON.tags.get(lemma, NO_TAGS)
