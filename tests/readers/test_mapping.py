"""Mapping files: mistakes are told with line, column and the nearest known name."""

from pathlib import Path

import pytest

from wopo.domain.errors import DomainError
from wopo.readers.mapping import find_mapping, load_mapping, shipped

GOOD = """name: Test
tables:
  vendors:
    file: vendors.csv
imports:
  - target: vendors
    table: vendors
    fields:
      code: code
      name: name
      currency: {value: EUR}
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "m.yml"
    path.write_text(text)
    with pytest.raises(DomainError) as error:
        load_mapping(path)
    return error.value.message


def test_a_good_mapping_is_read(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(GOOD)

    mapping = load_mapping(tmp_path / "m.yml")

    assert mapping.imports[0].fields["code"].column == "code"


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "file: vend",
            "flie: vend",
            "m.yml line 4, column 5: 'flie' is not known here. Did you mean 'file'?",
        ),
        ("target: vendors", "target: vendor", "m.yml line 6, column 5: 'vendor' is not one of"),
        (
            "table: vendors",
            "table: vendoors",
            "line 7, column 5: there is no table 'vendoors'. Did you mean 'vendors'?",
        ),
        (
            "      name: name",
            "      nmae: name",
            "line 10, column 7: there is no field 'nmae'. Did you mean 'name'?",
        ),
        (
            "{value: EUR}",
            "{valeu: EUR}",
            "line 11, column 18: 'valeu' is not known here. Did you mean 'value'?",
        ),
        ("{value: EUR}", "{value: EUR, column: x}", "needs exactly one of column, value"),
        ("name: Test", "name: Test\nname: Two", "line 2, column 1: 'name' is there twice."),
        ("name: Test", "name: [Test", "line 2"),
        ("name: Test", "name: Test\nformat: {encoding: utf-9}", "'utf-9' is no encoding"),
        ("name: Test", "name: Test\nformat: {encoding: utf-16}", "is not read line by line"),
        (
            "    fields:",
            "    tiers: {fields: {unit_price: p}}\n    fields:",
            "vendors have no tiers",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    message = refused(tmp_path, GOOD.replace(right, wrong, 1))

    assert told in message
    assert message.endswith("Nothing was changed.")


def test_every_shipped_mapping_is_right_and_found_by_its_name() -> None:
    for name in shipped():
        assert load_mapping(find_mapping(name)).imports

    with pytest.raises(DomainError, match="Did you mean 'people'"):
        find_mapping("peopel")
