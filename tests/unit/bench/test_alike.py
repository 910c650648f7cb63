"""Which letters count as copies of one form, from lenient to strict."""

from __future__ import annotations

from bench.alike import beginnings, near_copies

FORM = (
    "in accordance with the act this list of accounts has violated my protected rights to privacy and confidentiality"
)


def test_masks_and_numbers_do_not_distinguish_prefixes() -> None:
    first, second, other = beginnings(["On XX/XX/2023 I paid XXXX 40.", "on 1/2/2020 I PAID", "We paid"], 80)
    assert first == second != other


def test_near_copies_are_found_wherever_they_differ_and_through_each_other() -> None:
    texts = [FORM, "dear sirs " + FORM, FORM + " and more words at the end", "a letter of somebody else altogether", ""]
    groups = near_copies(texts).tolist()
    assert len(set(groups[:3])) == 1
    assert len(set(groups)) == 3
