"""Amounts as people write them: ¥1,234.50, and in the capital numerals (大写) that Chinese documents ask for."""

from decimal import Decimal

from cn2an import an2cn

_SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "UAH": "₴"}


def figures(amount: str, currency: str) -> str:
    """An amount with the currency's sign, or its code where it has no sign of its own; cents always."""
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"{sign}{Decimal(amount):,.2f}"


def capitals(amount: str, currency: str) -> str:
    """The amount in capital numerals (大写); empty for a currency that is not written so."""
    if currency != "CNY":
        return ""
    words = an2cn(f"{Decimal(amount):.2f}", "rmb")
    return words if words.endswith(("分", "整")) else f"{words}整"
