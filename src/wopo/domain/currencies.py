"""Minor digits of the world's currencies, as ISO 4217 (list one) says.

Not CLDR's, which Babel follows: those are cash habits, 0 for the Iraqi dinar where ISO says 3.
"""

_NO_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"
ISO_DIGITS = (
    dict.fromkeys(_NO_MINOR_UNIT.split(), 0)
    | dict.fromkeys(_THREE_DIGITS.split(), 3)
    | dict.fromkeys(_FOUR_DIGITS.split(), 4)
)
"""Those that have another number of them than 2."""


def iso_digits(currency: str) -> int:
    """Decimals of a currency's minor unit; 2 for whatever the list does not name."""
    return ISO_DIGITS.get(currency, 2)
