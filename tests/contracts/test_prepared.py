"""What is read and written past SQLAlchemy's session is what the session would read and write."""

from datetime import date

import pytest
from sqlalchemy import String, bindparam, select, text
from sqlmodel import SQLModel

from wopo.db.prepared import Entity
from wopo.db.uow import SqlTransactions
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import STALE, DomainError

MODELS = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
ALL = select(CostCentre).where(CostCentre.code.in_(bindparam("codes", expanding=True)))  # type: ignore[attr-defined]

FEW = ALL.limit(bindparam("limit"))
PATTERN = bindparam("pattern", type_=String, literal_execute=True)
LIKE = select(CostCentre).where(CostCentre.code.like(PATTERN))  # type: ignore[attr-defined]


def centre(code: str) -> CostCentre:
    return CostCentre(id=f"cc-{code}", code=code, name="Maintenance", currency="EUR")


def budget() -> Budget:
    return Budget(
        id="b",
        cost_centre_id="cc-A",
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
        currency="EUR",
        limit_minor=100,
    )


def test_every_table_is_read_column_by_column(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.read() as uow:
        connection = uow.connection
        for kind in MODELS:
            read = Entity(kind, 0, connection.dialect).names
            assert list(connection.execute(select(kind)).keys()) == read, kind


def test_a_list_may_have_any_length(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(centre("A"), centre("B"), centre("C"))
        for wanted in (["A"], [], ["A", "B", "C"], ["B"], ["A", "X"]):
            found = uow.session.rows(ALL, {"codes": wanted}, CostCentre)
            assert sorted(row[0].code for row in found) == [code for code in wanted if code != "X"]
            assert uow.count(CostCentre, code=wanted) == len(found)


def test_a_limit_and_a_pattern_may_be_any(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(centre("A"), centre("B"), centre("C"))
        codes = ["A", "B", "C"]
        for limit in (1, 3, 2, 1):
            few = {"codes": codes, "limit": limit}
            assert len(uow.session.rows(FEW, few, CostCentre)) == limit
            assert len(uow.connection.execute(FEW, few).all()) == limit
            assert len(uow.all(CostCentre, code=codes, limit=limit)) == limit
        for pattern in ("%A", "%", "%'%"):
            found = uow.session.rows(LIKE, {"pattern": pattern}, CostCentre)
            assert len(found) == {"%A": 1, "%": 3}.get(pattern, 0)


def test_what_waits_beside_a_deletion_is_written_and_found(
    shared_transactions: SqlTransactions,
) -> None:
    with shared_transactions.write() as uow:
        gone = centre("X")
        uow.add(gone)
        assert uow.find(Budget, cost_centre_id="cc-A") is None
        assert [row.code for row in uow.all(CostCentre)] == ["X"]
        uow.delete(gone)
        uow.add(budget(), centre("A"))
        uow.flush()
        assert [row.code for row in uow.all(CostCentre)] == ["A"]
        assert uow.find(Budget, cost_centre_id="cc-A") is not None


def test_an_instance_stays_as_it_is_unless_read_anew(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(centre("A"))
        uow.flush()
        held = uow.get(CostCentre, "cc-A")
        assert held is not None
        uow.connection.execute(text("UPDATE cost_centre SET name = 'Other'"))
        assert uow.session.rows(ALL, {"codes": ["A"]}, CostCentre) == [(held,)]
        assert held.name == "Maintenance"
        assert uow.session.rows(ALL, {"codes": ["A"]}, CostCentre, anew=True) == [(held,)]
        assert held.name == "Other"
        held.currency = "USD"
        uow.commit()
    with shared_transactions.read() as uow:
        after = uow.get(CostCentre, "cc-A")
        assert after is not None
        assert (after.name, after.currency) == ("Other", "USD")


def test_what_rows_refer_to_is_written_first(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(budget(), centre("A"))
        uow.commit()
    with shared_transactions.read() as uow:
        assert uow.get(Budget, "b") is not None


def test_a_change_to_a_row_that_is_gone_is_refused(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(centre("A"))
        uow.commit()
    with pytest.raises(DomainError) as refused, shared_transactions.write() as uow:
        held = uow.get(CostCentre, "cc-A")
        assert held is not None
        uow.connection.execute(text("DELETE FROM cost_centre"))
        held.name = "Other"
        uow.commit()
    assert refused.value.code == STALE.code
