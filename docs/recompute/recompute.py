#!/usr/bin/env python3
"""Computes the headline numbers of docs/METRICS.md from an export of the ledger, and from nothing else.

    reprise ledger export --format csv > export.csv
    python3 docs/recompute/recompute.py export.csv --json

It needs Python 3.8 or later and only its standard library. It shares no code with Reprise. It reads raw columns (amounts, times,
outcomes); the export has none of the flags and sums of the ledger's views.
"""

import argparse
import csv
import json
import math
import sys
from decimal import ROUND_HALF_UP, Decimal

Z = 1.959963984540054

LOST = ("exhausted", "cancelled", "written_off")
NATURAL_CAUSES = ("dodo", "merchant", "customer")


def rounded(value, places):
    """Half away from zero, of the 15 digits that a double holds for sure."""
    exponent = Decimal(1).scaleb(-places)
    return float(Decimal(format(value, ".15g")).quantize(exponent, rounding=ROUND_HALF_UP))


def share(part, whole):
    return rounded(part / whole, 6) if whole else None


def wilson(successes, total):
    if not total:
        return None, None
    p = successes / total
    z2 = Z * Z
    centre = p + z2 / (2 * total)
    spread = Z * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total))
    scale = 1 + z2 / total
    return (
        rounded(max((centre - spread) / scale, 0), 6),
        rounded(min((centre + spread) / scale, 1), 6),
    )


def quantile(values, fraction):
    """Between the two nearest ranks, as percentile_cont of SQL does."""
    if not values:
        return None
    ordered = sorted(values)
    position = fraction * (len(ordered) - 1)
    low = math.floor(position)
    high = math.ceil(position)
    value = ordered[low] + (position - low) * (ordered[high] - ordered[low])
    return rounded(value, 4)


def number(text):
    return int(text) if text != "" else None


class Debt:
    def __init__(self, row):
        self.currency = row["currency"]
        self.cohort = row["first_failed_at"][:7]
        self.amount = number(row["amount_minor"])
        self.outcome = row["outcome"]
        self.cause = row["cause"]
        self.own_attempts = int(row["own_attempts"])
        self.notices = int(row["notices"])
        self.notices_before = int(row["notices_before_settlement"])
        self.is_late = row["is_late"] == "true"
        self.days = row["days_to_recover"]
        is_failure = self.outcome in ("recovered",) + LOST
        # A requested charge is at risk once it was declined: until then it is only being charged.
        was_declined = row["is_requested"] == "false" or int(row["declined_attempts"]) > 0
        is_open = self.outcome == "" and was_declined
        has_amount = self.amount is not None and row["first_failed_at"] != ""
        self.is_at_risk = has_amount and (is_failure or is_open)
        self.is_open = self.is_at_risk and self.outcome == ""
        is_paid = self.is_at_risk and self.outcome == "recovered"
        self.is_recovered = is_paid and not self.is_late
        self.is_late_recovery = is_paid and self.is_late
        self.is_lost = self.is_at_risk and self.outcome in LOST
        self.is_natural = (
            self.is_recovered
            and self.cause in NATURAL_CAUSES
            and self.notices_before == 0
            and self.own_attempts == 0
        )


def total(debts):
    return {"debts": len(debts), "amount_minor": sum(debt.amount for debt in debts)}


def by(debts, key):
    groups = {}
    for debt in debts:
        groups.setdefault(key(debt), []).append(debt)
    return {name: total(groups[name]) for name in sorted(groups)}


def numbers(cohort, currency, debts):
    recovered = [debt for debt in debts if debt.is_recovered]
    open_debts = [debt for debt in debts if debt.is_open]
    lost = [debt for debt in debts if debt.is_lost]
    closed = len(debts) - len(open_debts)
    closed_minor = total(debts)["amount_minor"] - total(open_debts)["amount_minor"]
    low, high = wilson(len(recovered), closed)
    days = [float(debt.days) for debt in recovered]
    return {
        "cohort": cohort,
        "currency": currency,
        "at_risk": total(debts),
        "open_debts": total(open_debts),
        "recovered_gross": total(recovered),
        "recovered_by_cause": by(recovered, lambda debt: debt.cause),
        "recovered_naturally": total([debt for debt in debts if debt.is_natural]),
        "recovered_late": total([debt for debt in debts if debt.is_late_recovery]),
        "lost": total(lost),
        "recovery_rate": {
            "rate": share(len(recovered), closed),
            "rate_low": low,
            "rate_high": high,
            "rate_by_money": share(total(recovered)["amount_minor"], closed_minor),
        },
        "days_to_recover": {
            "median_days": quantile(days, 0.5),
            "p90_days": quantile(days, 0.9),
        },
        "recovery_effort": {
            "attempts": sum(debt.own_attempts for debt in debts),
            "notices": sum(debt.notices for debt in debts),
        },
    }


def unguarded(text):
    """Cells that a spreadsheet would take for a formula begin with an apostrophe."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r" else text


def read(lines):
    rows = csv.DictReader(lines)
    return [Debt({name: unguarded(value) for name, value in row.items()}) for row in rows]


def recompute(lines):
    debts = [debt for debt in read(lines) if debt.is_at_risk]
    keys = sorted({(debt.cohort, debt.currency) for debt in debts})
    return [
        numbers(*key, [debt for debt in debts if (debt.cohort, debt.currency) == key])
        for key in keys
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("export", help="a file of `reprise ledger export --format csv`, or -")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if options.export == "-":
        result = recompute(sys.stdin)
    else:
        with open(options.export, newline="", encoding="utf-8") as lines:
            result = recompute(lines)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for one in result:
        rate = one["recovery_rate"]
        print(
            f"{one['cohort']} {one['currency']}: "
            f"{one['recovered_gross']['debts']} of {one['at_risk']['debts']} debts recovered, "
            f"{one['open_debts']['debts']} open, rate {rate['rate']} "
            f"({rate['rate_low']} to {rate['rate_high']})"
        )


if __name__ == "__main__":
    main()
