"""Points and times as people read them. The one place that rounds."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

CENT = Decimal("0.01")


def rounded(points: Decimal) -> Decimal:
    """To two decimals, halves away from zero: once, when shown or exported."""
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


def exact(value: Decimal) -> str:
    """A decimal as it is, for programs: `7.5`, never with an exponent, a trailing zero or a sign on zero."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def unrounded(value: Decimal) -> str:
    """A decimal as it is, for people: the parts of a sum must add up."""
    return exact(value).replace("-", "\N{MINUS SIGN}")


def points(value: Decimal) -> str:
    """`7.4`, `10`, `0.67`, `−1`: rounded, no trailing zeros, a real minus sign."""
    return unrounded(rounded(value))


def signed(value: Decimal) -> str:
    """`+2`, `−0.5`, unrounded."""
    return unrounded(value) if value < 0 else f"+{unrounded(value)}"


def percent(share: Decimal) -> str:
    """A share of 1 as `10%`, `12.5%`."""
    return f"{points(share * 100)}%"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-12-01 23:59:59 UTC+08:00`, in the course's zone: the same for every reader."""
    local = moment.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S} UTC{offset[:3]}:{offset[3:5]}"


def day(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-12-01 23:59`, in the course's zone."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
