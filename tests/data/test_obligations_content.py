"""Are the 35 rules whole, and does the check say what is wrong with them?"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from data.content.obligations import RULES, Obligations, content, faults, limits, rules


def changed(rule_id: str, **values: Any) -> Obligations:
    text = files("data.content.obligations").joinpath("rules.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    next(row for row in table["rule"] if row["id"] == rule_id).update(values)
    return Obligations.model_validate(table)


def test_the_rules_are_whole():
    assert len(rules()) == RULES
    assert list(faults()) == []
    assert (limits().anc_remind, limits().anc_judge) == (6, 4)


def test_the_rules_of_2007_stand_beside_todays_and_are_no_second_set():
    assert rules()["ANC_T1"].law_2007.startswith("2007: periksa kehamilan paling sedikit 4")
    assert rules()["VITA_B"].law_2007 != rules()["VITA_B"].due
    assert not rules()["IM10_JE"].active
    assert {rule.id for rule in content().rule if rule.education} == {"TTD", "ASI6", "CACING"}


def test_what_is_private():
    private = {rule.id for rule in content().rule if rule.private}
    assert private >= {"ANC_T1", "ANC_T2", "ANC_T3", "SALIN", "KF1", "KF4", "DISAB", "SCH_REG", "SCH_85", "SCH_15"}
    assert not private & {"PSY_B", "PSY_T", "VITA_B", "VITA_T"}


@pytest.mark.parametrize(
    ("rule_id", "values", "said"),
    [
        ("PSY_T", {"from": 13}, "rangkaian PSY: celah 12-12"),
        ("PSY_T", {"from": 11}, "rangkaian PSY: tumpang tindih 11-11"),
        ("KF3", {"from": 9}, "kunjungan nifas: celah 8-8"),
        ("ANC_T2", {"visits": [[13, 19, 16], [21, 27, 24]]}, "kewajiban ANC_T2: celah 20-20"),
        ("ANC_T2", {"visits": [[13, 27, 16]]}, "periksa kehamilan: 5 kunjungan tertulis, anc_remind 6"),
        ("VITA_B", {"months": [2]}, "kewajiban VITA_B: anak lahir bulan 9 tidak pernah mendapat giliran"),
        ("KF2", {"id": "KF1"}, "kewajiban KF1: tertulis dua kali"),
    ],
)
def test_the_check_explains_overlaps_and_gaps(rule_id, values, said):
    assert said in list(faults(changed(rule_id, **values)))


@pytest.mark.parametrize(
    "values",
    [
        {"reminder": "Selamat atas kelahiran bayinya."},
        {"late": "Bantuan bisa dihentikan."},
        {"short": "x" * 61},
        {"from": 5, "to": 4},
        {"months": [13]},
        {"reminder": "Halo {siapa}"},
        {"privacy": "rahasia"},
    ],
)
def test_a_rule_that_cannot_be_is_refused(values):
    with pytest.raises(ValidationError):
        changed("VITA_T", **values)
