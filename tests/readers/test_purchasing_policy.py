"""The policy as people write it: every mistake is told with its line and column."""

from importlib import resources
from pathlib import Path

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.purchasing_policy import SHIPPED_POLICY
from wopo.readers.purchasing_policy import example, read_policy

HEAD = "title: Ours\nmatching:\n"


def mistake(tmp_path: Path, text: str) -> str:
    path = tmp_path / "ours.yml"
    path.write_text(text)
    with pytest.raises(DomainError) as error:
        read_policy(path)
    assert error.value.message.endswith("Nothing was changed.")
    return error.value.message


def test_the_policies_that_ship_are_understood() -> None:
    shipped = sorted((Path(str(resources.files("wopo"))) / "policies").glob("*.yml"))
    assert shipped
    for path in shipped:
        document, text = read_policy(path)
        assert document.title
        assert text == path.read_text()


def test_what_holds_without_a_policy_is_written_out_as_one(tmp_path: Path) -> None:
    path = tmp_path / "default.yml"
    path.write_text(example("default"))
    document, _ = read_policy(path)
    assert document == SHIPPED_POLICY
    with pytest.raises(DomainError, match="choose one of default, plant, property"):
        example("castle")


ROUTES = "title: Ours\nroutes:\n  rules:\n    - {name: x, sentence: It is x., "


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            ROUTES + "route: counter}\n",
            "ours.yml line 4, column 37: route: Input should be 'from stock', 'call-off'",
        ),
        (ROUTES + "when: {categroy: a}, route: buyer}\n", "Did you mean 'category'?"),
        (ROUTES + "when: {over: lots}, route: buyer}\n", "column 44: over: 'lots' is no amount"),
        (ROUTES + "when: {kind: sevice}, route: buyer}\n", "column 44: 0: Input should be 'part'"),
        (ROUTES + "route: out of pocket}\n", "line 4, column 7: 0: 'x' needs the route"),
        (ROUTES + "when: {over: 1}, route: buyer}\n", "line 2, column 1: routes: the last rule"),
        (
            HEAD + "  company:\n    limits:\n      price_pctt: 2\n",
            "ours.yml line 5, column 7: 'price_pctt' is not known here. Did you mean 'price_pct'?",
        ),
        (HEAD + "  company:\n    limits:\n      price_pct: -1\n", "line 5, column 7: price_pct"),
        (HEAD + "  company:\n    limits:\n      price_pct: yes\n", "line 5, column 7: price_pct"),
        (HEAD + "  company:\n    limits:\n      price_pct: true\n", "write a number or 'no limit'"),
        (HEAD + "  company:\n    goods: 5-way\n", "line 4, column 5: goods"),
        (HEAD + "  rules:\n    - name: x\n      vendorr: A\n", "Did you mean 'vendor'?"),
        (HEAD + "  rules:\n    - name: x\n", "line 4, column 7: 0: 'x' must be about an order"),
        (
            HEAD + "  rules:\n    - {name: x, vendor: A, category: c}\n",
            "'x' must be about an order",
        ),
        (
            HEAD + "  rules:\n    - {name: x, vendor: A}\n    - {name: y, vendor: a}\n",
            "'x' and 'y' are both about vendor A at the same time",
        ),
        (HEAD + "  rules: [\n", "line 4"),
        ("matching: {}\n", "'title' is missing here"),
        ("just words\n", "line 1, column 1: has to begin with a key and a colon"),
        ("- a\n- b\n", "line 1, column 1: has to begin with a key and a colon"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    assert told in mistake(tmp_path, text)


def test_rules_that_follow_each_other_in_time_are_no_clash(tmp_path: Path) -> None:
    path = tmp_path / "ours.yml"
    first = "{name: x, vendor: A, valid_to: 2026-03-31, limits: {price_pct: no limit}}"
    second = "{name: y, vendor: A, valid_from: 2026-04-01}"
    path.write_text(f"{HEAD}  rules:\n    - {first}\n    - {second}\n")
    document, _ = read_policy(path)
    assert [rule.tolerances("").values for rule in document.matching.rules] == [
        {"price_pct": None},
        {},
    ]
