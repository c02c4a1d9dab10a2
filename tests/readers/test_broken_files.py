"""Files that are broken: each kind of damage has its sentence with file and line."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from wopo.domain.errors import DomainError
from wopo.readers import records
from wopo.readers.mapping import load_mapping
from wopo.readers.problems import ReadingError
from wopo.readers.records import Dialect, TextFile
from wopo.readers.tabular import Files

VENDORS = """
name: Test
tables: {vendors: {file: vendors.csv}}
imports:
  - target: vendors
    table: vendors
    fields: {code: code, name: name, currency: {value: EUR}}
"""
HEAD = "code,name\n"
Read = Callable[..., tuple[list, list[str]]]


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        (HEAD + "A,Alpha\nB\n", "line 3: has 1 fields where 2 are expected (code, name); "),
        (HEAD + "A,Alpha,x\n", "line 2: has 3 fields where 2 are expected"),
        (HEAD.encode() + b"A,\xe9t\xe9\n", "line 2: byte 0xe9 at position 3 is not utf-8; "),
        (HEAD.encode() + b"A,Al\0pha\n", "line 2: holds a NUL character"),
        (HEAD + 'A,"Alpha\nB,Beta\n', "line 2: opens a quote that is never closed"),
        (HEAD + 'A,"Al"pha\n', "line 2: has text right after a closing quote"),
        (HEAD + 'A,"' + "x" * 200_000 + "\n", "line 2: holds a field of more than 131,072"),
        ("", "line 1: is empty; its first line must name the columns"),
        ("code,code\n", "line 1: names the column 'code' twice"),
        ("code,nmae\nA,Alpha\n", "line 1: there is no column 'name'. Did you mean 'nmae'?"),
    ],
)
def test_each_damage_is_told_in_one_sentence(read: Read, contents: str | bytes, told: str) -> None:
    _, problems = read(VENDORS, vendors=contents)

    assert len(problems) == 1
    assert problems[0].startswith(f"vendors.csv {told}")
    assert "\n" not in problems[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(VENDORS)
    mapping = load_mapping(tmp_path / "m.yml")

    problems = [str(each) for each in Files(mapping, tmp_path).rows(mapping.imports[0])]

    assert problems == ["vendors.csv: can't be opened (No such file or directory); check the name."]


def test_another_encoding_is_read_when_the_mapping_names_it(read: Read) -> None:
    mapping = VENDORS.replace("tables:", "format: {encoding: cp1252}\ntables:")

    rows, problems = read(mapping, vendors=HEAD.encode() + b"A,\xe9t\xe9\n")

    assert problems == []
    assert rows[0].name == "été"


def test_a_byte_order_mark_and_blank_lines_are_no_data(read: Read) -> None:
    rows, problems = read(VENDORS, vendors=b"\xef\xbb\xbfcode,name\r\n\r\nA,Alpha\r\n")

    assert problems == []
    assert [row.code for row in rows] == ["A"]


def test_a_quoted_field_may_span_lines_and_places_stay_right(read: Read) -> None:
    _, problems = read(VENDORS, vendors=HEAD + 'A,"Al\npha"\nB\n')

    assert problems[0].startswith("vendors.csv line 4: has 1 fields")


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(records.MAX_BYTES + 1)

    with pytest.raises(DomainError) as refused:
        TextFile(path, Dialect())

    assert refused.value.code == "import.too_big"
    assert "at most 200 MB" in refused.value.message


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_bytes(b"x" * (records.MAX_LINE + 10))

    with pytest.raises(ReadingError, match="longer than a million characters"):
        list(TextFile(path, Dialect()).records())


def test_memory_stays_flat_however_long_the_file_is(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text(VENDORS)
    mapping = load_mapping(tmp_path / "m.yml")

    def peak(rows: int) -> int:
        lines = "".join(f"C{i},Vendor number {i}\n" for i in range(rows))
        (tmp_path / "vendors.csv").write_text(HEAD + lines)
        tracemalloc.start()
        count = sum(1 for _ in Files(mapping, tmp_path).rows(mapping.imports[0]))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == rows
        return found

    small = peak(500)
    assert peak(20_000) < small * 2
