"""``wopo import``: what a person sees, on a migrated file, with everything or nothing in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.domain.errors import DomainError
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.readers.mapping import load_mapping, shipped

Wopo = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A migrated database file."""
    found = f"sqlite:///{tmp_path}/wopo.db"
    database = opened(found)
    migrate.upgrade(database.engine)
    database.engine.dispose()
    return found


@pytest.fixture
def wopo(url: str) -> Wopo:
    """Run the command on that database."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"WOPO_DATABASE_URL": url})

    return run


def vendors(url: str) -> list[str]:
    """The codes of the vendors there are."""
    database = opened(url)
    with database.transactions.read() as uow:
        found = [vendor.code for vendor in uow.all(Vendor, order="code")]
    database.engine.dispose()
    return found


def test_a_file_is_imported_by_a_shipped_mapping(wopo: Wopo, url: str, tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text("code,name,currency,phone\nV1,Vendor one,EUR,\nV2,Vendor two,EUR,5\n")

    first = wopo("import", "csv", "vendors", str(file))
    second = wopo("import", "csv", "vendors", str(file))

    assert first.exit_code == 0, first.output
    assert "vendors 2 added" in " ".join(first.output.split())
    assert "vendors 2 unchanged" in " ".join(second.output.split())
    assert vendors(url) == ["V1", "V2"]


def test_problems_are_told_and_nothing_is_written(wopo: Wopo, url: str, tmp_path: Path) -> None:
    file = tmp_path / "vendors.csv"
    file.write_text("code,name,currency\nV1,Vendor one,EUR\nV2,Vendor two,EURO\n")

    result = wopo("import", "csv", "vendors", str(file))

    assert isinstance(result.exception, DomainError)
    assert (
        "vendors.csv line 3, column currency: 'EURO' is not an ISO 4217 currency; "
        "use a code like EUR." in result.exception.message
    )
    assert vendors(url) == []


def test_orders_come_in_and_the_flagged_ones_are_listed(
    wopo: Wopo, url: str, tmp_path: Path
) -> None:
    (tmp_path / "cost_centres.csv").write_text("code,name,currency\nH,History,EUR\n")
    (tmp_path / "vendors.csv").write_text("code,name,currency\nV1,Vendor one,EUR\n")
    (tmp_path / "orders.csv").write_text(
        "number,vendor,currency,status,order_date,cost_centre,description,quantity,unit,"
        "unit_price,received\n"
        "A-1,V1,EUR,complete,2025-01-02,H,Rope,2,m,3.5,2\n"
        "A-2,V1,EUR,pending,2025-01-02,H,Rope,2,m,3.5,1\n"
    )
    for name in ("cost_centres", "vendors", "orders"):
        result = wopo("import", "csv", name, str(tmp_path))
        assert result.exit_code == 0, result.output

    listed = " ".join(wopo("import", "flagged").output.split())
    billed = " ".join(wopo("dev", "bill-as-ordered").output.split())

    assert "A-2 (orders.csv line 3): Goods were received on an order that is waiting" in listed
    assert "A-1" not in listed
    assert "1 of 1 complete orders billed as ordered over 7.00 EUR: 1 match, 0 are on" in billed
    database = opened(url)
    with database.transactions.read() as uow:
        assert uow.count(PurchaseOrder) == 2
    database.engine.dispose()


def test_a_mapping_for_several_files_wants_a_folder(wopo: Wopo, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("")

    result = wopo("import", "csv", "adventureworks", str(file))

    assert isinstance(result.exception, DomainError)
    assert "is not a folder, and AdventureWorks reads 8 files" in result.exception.message


def test_an_xml_with_a_missing_element_is_told_with_its_line(wopo: Wopo, tmp_path: Path) -> None:
    file = tmp_path / "order.xml"
    file.write_text(
        '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2">\n</Order>'
    )

    result = wopo("import", "ubl", str(file))

    assert isinstance(result.exception, DomainError)
    assert result.exception.message.startswith("order.xml line 1, element cac:OrderLine")
    assert "Nothing was changed" in result.exception.message


def test_every_shipped_mapping_is_listed_with_its_files(wopo: Wopo) -> None:
    output = wopo("import", "mappings").output

    for name, path in shipped().items():
        assert f"{name}:" in output
        assert all(table.file in output for table in load_mapping(path).tables.values())


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        (b"PK\x03\x04 no xml at all", "order.xml line 1"),
        (b"<Order", "order.xml line 1"),
        (b"", "order.xml"),
    ],
)
def test_what_is_no_xml_is_told_in_a_sentence(
    wopo: Wopo, tmp_path: Path, contents: bytes, told: str
) -> None:
    file = tmp_path / "order.xml"
    file.write_bytes(contents)

    result = wopo("import", "ubl", str(file))

    assert isinstance(result.exception, DomainError), result.exception
    assert result.exception.message.startswith(told)
    assert "Nothing was changed" in result.exception.message


def test_a_file_too_large_is_told_before_it_is_read(wopo: Wopo, url: str, tmp_path: Path) -> None:
    file = tmp_path / "vendors.csv"
    with file.open("wb") as stream:
        stream.truncate(2_000_000_000)  # A hole: it takes no room on the disk.

    result = wopo("import", "csv", "vendors", str(file))

    assert isinstance(result.exception, DomainError), result.exception
    assert "MB" in result.exception.message
    assert vendors(url) == []
