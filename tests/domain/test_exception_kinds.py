"""The catalogue of exceptions is complete and every kind can be told and left."""

import pytest

from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.exception_kinds import AUDIENCE, KINDS, Cure, OwnerKind
from wopo.domain.matching import MatchCode

FACTS = {
    "line": "line 2 (bearing)",
    "actual": "100 kg",
    "reference": "90 kg",
    "apart": "10 kg",
    "subject": "FREIGHT",
    "document": "invoice 7",
    "order": "PO-1",
    "order_reference": "PO-X",
    "problem": "it says two totals.",
}


def test_every_code_of_the_match_has_a_kind():
    assert {code.value for code in MatchCode} <= set(KINDS)


@pytest.mark.parametrize("code", list(KINDS))
def test_each_kind_is_told_in_one_sentence_with_its_figures(code):
    told = KINDS[code].told(FACTS)
    assert not told[0].islower()
    assert told.endswith(".")
    assert "{" not in told


@pytest.mark.parametrize("code", list(KINDS))
def test_each_kind_has_a_way_out_and_somebody_who_sees_it(code):
    kind = KINDS[code]
    assert kind.cures
    assert len(set(kind.cures)) == len(kind.cures)
    assert kind.audience == AUDIENCE[kind.owner]


def test_figures_are_in_the_sentence():
    assert KINDS["QTY_OVER_ACCEPTED"].told(FACTS) == (
        "Line 2 (bearing): 100 kg billed, 90 kg accepted; 10 kg too many."
    )


def test_what_was_not_received_is_cured_by_the_receiver():
    kind = KINDS["NOT_RECEIVED"]
    assert (kind.owner, kind.cures[0]) == (OwnerKind.RECEIVER, Cure.RECORD_RECEIPT)


@pytest.mark.parametrize(
    "code", ["NO_PO", "VENDOR_MISMATCH", "CURRENCY_MISMATCH", "UOM_MISMATCH", "LINE_NOT_ON_PO"]
)
def test_a_wrong_paper_is_corrected_or_refused_but_never_just_accepted(code):
    assert Cure.ACCEPT not in KINDS[code].cures


@pytest.mark.parametrize("code", ["DUPLICATE_INVOICE", "POSSIBLE_DUPLICATE"])
def test_twins_are_never_paid_by_accepting_them(code):
    assert Cure.ACCEPT not in KINDS[code].cures
    assert Cure.NOT_DUPLICATE in KINDS[code].cures


def test_without_an_invoice_nothing_of_an_invoice_is_offered():
    case = ExceptionCase(id="c", number="EX-1", key="k", code="DOCUMENT_CONTRADICTS")
    case.state = CaseState.OPEN
    assert case.cures() == (Cure.ACKNOWLEDGE,)
    case.invoice_id = "i"
    assert Cure.REJECT_INVOICE in case.cures()


@pytest.mark.parametrize(
    "code",
    [
        "CHARGE_OVER",
        "UNEXPECTED_CHARGE",
        "TAX_MISMATCH",
        "DISCOUNT_MISMATCH",
        "INVOICE_NOT_BALANCED",
    ],
)
def test_charge_tax_discount_and_balance_are_accepted_corrected_or_disputed(code: str) -> None:
    wanted = (Cure.ACCEPT, Cure.CORRECT_INVOICE, Cure.DISPUTE)
    assert tuple(cure for cure in KINDS[code].cures if cure in wanted) == wanted
