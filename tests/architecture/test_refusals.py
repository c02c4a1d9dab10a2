"""Every refusal's sentence stands in one list, so that a change of one is seen and reviewed."""

from tests.refusals import LIST, listed


def test_the_reviewed_list_has_every_sentence_as_it_is() -> None:
    assert listed() == LIST.read_text(), (
        "look the new sentences over, then: python -m tests.refusals"
    )
