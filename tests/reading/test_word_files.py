"""Are the word files in order?"""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from messages.reading import concepts
from messages.reading.lexicon import LEXICON

FOLDER = files("messages.reading").joinpath("words")
LANGUAGES = ["id", "bjn", "jv"]


def _table(language):
    return tomllib.loads(FOLDER.joinpath(f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_says_where_its_words_come_from(language):
    text = FOLDER.joinpath(f"{language}.toml").read_text(encoding="utf-8")
    assert "# Source:" in text
    assert "confidence" in text


def test_a_spelling_stands_for_one_thing():
    seen: dict[str, str] = {}
    for language in LANGUAGES:
        for lemma, spellings in _table(language)["words"].items():
            for spelling in spellings:
                assert seen.setdefault(spelling, lemma) == lemma, (
                    f"{spelling}: {seen[spelling]} and {lemma} ({language})"
                )


def test_every_translation_is_a_word_of_the_indonesian_file():
    ours = _table("id")
    known = {*ours["words"], *ours["phrases"], *ours["plain"]["words"]}
    for language in LANGUAGES[1:]:
        for lemma in (*_table(language)["words"], *_table(language)["phrases"]):
            assert set(lemma.split()) <= known, f"{language}: {lemma}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_concepts_name_words_that_exist(language):
    for concept, lemmas in _table(language).get("concepts", {}).items():
        assert all(lemma in LEXICON.words for lemma in lemmas), concept


def test_every_concept_is_used_by_the_grammar():
    grammar = "".join(file.read_text(encoding="utf-8") for file in Path(concepts.__file__).parent.glob("*.py"))
    unused = [concept for concept in _table("id")["concepts"] if f'"{concept}"' not in grammar]
    assert unused == []
