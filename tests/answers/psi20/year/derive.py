"""Writes the tables and the answers of the synthetic year beside this file.

    python -m tests.answers.psi20.year.derive

Tables are made from explicit lists and a fixed congruential generator, answers by
tests/index/divisor_history/slow_index.py alone; nothing of the package takes part.
"""

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.index.divisor_history.slow_index import slow_history

HERE = Path(__file__).parent
HOLIDAYS = {date(2016, 1, 1), date(2016, 3, 25), date(2016, 3, 28), date(2016, 12, 26)}
BASE = Decimal(3000)
CHILD, ACQUIRER = 23, 24  # numbers of the company that is spun off in May and of the one that takes over in October
FOREIGN = {4: ("USD", "US"), 11: ("GBP", "GB"), 22: ("USD", "US")}
TAXES = [
    {"country": "PT", "rate": "0.25", "valid_to": "2016-06-30"},
    {"country": "PT", "rate": "0.28", "valid_from": "2016-07-01"},
    {"country": "ES", "rate": "0.19"},
    {"country": "US", "rate": "0.30"},
    {"country": "GB", "rate": "0"},
]


class Drawn:
    """Numbers of a congruential generator (modulus 2^48, the multiplier of POSIX drand48)."""

    def __init__(self, seed):
        self.state = seed

    def number(self, low, high, decimals):
        self.state = (self.state * 25214903917 + 11) % 2**48
        value = Decimal(low) + (Decimal(high) - Decimal(low)) * self.state / 2**48
        return value.quantize(Decimal(1).scaleb(-decimals))


def isin(number):
    """A code with a valid check digit (ISO 6166: letters to numbers, double every second digit from the right)."""
    body = f"PTY{number:02d}0AM000"
    digits = "".join(str(int(sign, 36)) for sign in body)
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return f"{body}{-total % 10}"


IDS = [isin(number) for number in range(25)]


def sessions():
    days = [date(2015, 12, 31) + timedelta(days=n) for n in range(366)]
    return [day.isoformat() for day in days if day.weekday() < 5 and day not in HOLIDAYS]


def country(number):
    return FOREIGN.get(number, ("EUR", "ES" if number % 6 == 5 else "PT"))[1]


def line(number, drawn, growth="1"):
    return {
        "shares": (drawn.number(20, 900, 0) * 1_000_000 * Decimal(growth)).quantize(Decimal(1)),
        "free_float": drawn.number(3, 20, 0) * 5 / 100,
        "capping": Decimal("0.7215") if number == 0 else Decimal(1),
        "currency": FOREIGN.get(number, ("EUR", ""))[0],
        "country": country(number),
    }


# One of each action; dates are the first session on which it is in force.  Terms are per share held.
ACTIONS = [
    {"date": "2016-01-18", "n": 3, "action": "special dividend", "amount": "0.35", "event_id": "SD1"},
    {
        "date": "2016-01-27",
        "n": 4,
        "action": "special dividend",
        "amount": "0.50",
        "currency": "EUR",
        "event_id": "SD2",
    },
    {"date": "2016-02-03", "n": 7, "action": "rights issue", "ratio": "0.25", "price": "2.10", "event_id": "RI1"},
    {"date": "2016-02-10", "n": 8, "action": "rights issue", "ratio": "0.4", "price": "2.00", "event_id": "RI2"},
    {
        "date": "2016-02-17",
        "n": 9,
        "action": "rights issue",
        "ratio": "0.2",
        "price": "1.90",
        "disadvantage": "0.12",
        "event_id": "RI3",
    },
    {
        "date": "2016-02-24",
        "n": 10,
        "action": "rights issue",
        "ratio": "0.3",
        "price": "2.40",
        "fungible": "no",
        "event_id": "RI4",
    },
    {"date": "2016-03-02", "n": 12, "action": "rights issue", "ratio": "0.5", "price": "400", "event_id": "RI5"},
    {"date": "2016-04-06", "n": 13, "action": "other rights", "amount": "0.18", "event_id": "OR1"},
    {"date": "2016-04-20", "n": 1, "action": "split", "ratio": "4", "event_id": "SP1"},
    {"date": "2016-04-20", "n": 2, "action": "special dividend", "amount": "0.22", "event_id": "SD3"},
    {"date": "2016-05-04", "n": 14, "action": "reverse split", "ratio": "0.1", "event_id": "SP2"},
    {"date": "2016-05-11", "n": 15, "action": "bonus issue", "ratio": "0.05", "event_id": "BI1"},
    {"date": "2016-05-12", "n": 16, "action": "bonus in lieu of dividend", "ratio": "0.02", "event_id": "BI2"},
    {
        "date": "2016-05-23",
        "n": 6,
        "action": "spin-off",
        "other": CHILD,
        "ratio": "0.5",
        "qualifies": "parent only",
        "country": "PT",
        "event_id": "SO1",
    },
    {"date": "2016-07-05", "n": 17, "action": "suspension", "event_id": "SU1"},
    {"date": "2016-07-13", "n": 17, "action": "removal after suspension", "event_id": "RS1"},
    {"date": "2016-07-20", "n": 18, "action": "suspension", "event_id": "SU2"},
    {"date": "2016-07-26", "n": 18, "action": "resumption", "event_id": "SU2"},
    {
        "date": "2016-08-10",
        "n": 5,
        "action": "delisting",
        "price": "1.00",
        "author": "compiler",
        "reason": "price of the final offer",
        "event_id": "DE1",
    },
    {"date": "2016-08-24", "n": 19, "action": "removal", "event_id": "RM1"},
    {
        "date": "2016-10-05",
        "n": 12,
        "action": "replacement",
        "other": ACQUIRER,
        "ratio": "0.8",
        "cash": "0.40",
        "country": "ES",
        "event_id": "TO1",
    },
    {"date": "2016-10-26", "n": 13, "action": "replacement", "other": 0, "ratio": "0.6", "event_id": "TO2"},
    {
        "date": "2016-11-09",
        "n": 21,
        "action": "addition",
        "shares": "150000000",
        "free_float": "0.45",
        "country": "PT",
        "author": "committee",
        "reason": "number of members",
        "event_id": "AD1",
    },
]
# Members after each review, as changes of the list in force: who joins.  Who leaves has left by then or is named.
REVIEWS = {
    "2016-03-21": {"joins": [20], "leaves": []},
    "2016-06-20": {"joins": [22], "leaves": [20]},
    "2016-09-19": {"joins": [20], "leaves": [22]},
    "2016-12-19": {"joins": [22], "leaves": [21]},
}
MISSING = {17: ("2016-07-05", "2016-12-31"), 18: ("2016-07-20", "2016-07-25"), CHILD: ("2015-12-31", "2016-05-24")}
GONE = {5: "2016-08-10", 12: "2016-10-05", 13: "2016-10-26"}
DIVIDENDS = [
    {"n": 0, "ex_date": "2016-05-16", "amount": "0.185"},
    {"n": 1, "ex_date": "2016-05-17", "amount": "0.04"},
    {"n": 2, "ex_date": "2016-04-20", "amount": "0.11"},
    {"n": 3, "ex_date": "2016-06-01", "amount": "0.24", "withholding": "0.15", "reason": "reduced rate"},
    {"n": 4, "ex_date": "2016-03-10", "amount": "0.30"},
    {"n": 4, "ex_date": "2016-09-12", "amount": "0.30", "index_currency_amount": "0.27"},
    {"n": 5, "ex_date": "2016-05-02", "amount": "0.09"},
    {"n": 6, "ex_date": "2016-05-16", "amount": "0.15"},
    {"n": 7, "ex_date": "2016-05-23", "type": "stock", "cash_equivalent": "0.07"},
    {"n": 8, "ex_date": "2016-05-23", "type": "choice", "amount": "0.08"},
    {"n": 9, "ex_date": "2016-03-26", "amount": "0.06"},  # a Saturday: counts on Tuesday after Easter
    {"n": 10, "ex_date": "2016-07-04", "amount": "0.12"},
    {"n": 11, "ex_date": "2016-08-18", "amount": "0.13"},
    {"n": 14, "ex_date": "2016-06-30", "amount": "0.50"},
    {"n": 14, "ex_date": "2016-07-01", "amount": "0.50"},
    {"n": 15, "ex_date": "2016-11-21", "amount": "0.25", "currency": "USD"},
    {"n": 16, "ex_date": "2016-11-23", "type": "special", "amount": "0.60", "reason": "sale of a division"},
    {"n": 20, "ex_date": "2016-08-01", "amount": "0.10"},  # not a member on that day
]


def prices(drawn, days):
    """Random walks to three decimals; a split moves the walk, so that levels stay in sight."""
    table, level = {day: {} for day in days}, {n: drawn.number("2.5", "14", 3) for n in range(25)}
    factor = {(row["date"], row["n"]): Decimal(row["ratio"]) for row in ACTIONS if "split" in row["action"]}
    for day in days:
        for n in range(25):
            step = 1 + drawn.number("-0.021", "0.0213", 6)
            level[n] = (level[n] * step / factor.get((day, n), 1)).quantize(Decimal("0.001"))
            first, last = MISSING.get(n, ("9999", ""))
            if not first <= day <= last and day < GONE.get(n, "9999"):
                table[day][IDS[n]] = level[n]
    return table


def rates(drawn, days):
    """Euro per unit; no sterling rate on two days."""
    table = {}
    for day in days:
        table[day] = {"USD": drawn.number("0.87", "0.93", 5), "GBP": drawn.number("1.12", "1.38", 5)}
    for day in ("2016-05-30", "2016-08-29"):
        del table[day]["GBP"]
    return table


def actions(drawn, days):
    rows = []
    for row in ACTIONS:
        plain = {key: value for key, value in row.items() if key not in ("n", "other")}
        rows.append({**plain, "isin": IDS[row["n"]], **({"other_isin": IDS[row["other"]]} if "other" in row else {})})
    members = set(range(20))
    for day in days:
        for row in ACTIONS:
            if row["date"] == day:
                leaves = row["action"] in ("removal", "delisting", "removal after suspension", "replacement")
                members -= {row["n"]} if leaves else set()
                members |= {row["other"]} if row["action"] == "replacement" else set()
                members |= {row["n"]} if row["action"] == "addition" else set()
        if day in REVIEWS:
            members = (members | set(REVIEWS[day]["joins"])) - set(REVIEWS[day]["leaves"])
            for n in sorted(members):
                new = {"date": day, "isin": IDS[n], "action": "review", **line(n, drawn), "event_id": f"REVIEW {day}"}
                rows.append(new)
    return sorted(rows, key=lambda row: row["date"])


def decimals(row):
    """The row with numbers instead of texts, as the slow calculator takes it."""
    numbers = {
        "ratio",
        "price",
        "amount",
        "cash",
        "disadvantage",
        "cash_equivalent",
        "index_currency_amount",
        "withholding",
        "shares",
        "free_float",
        "rate",
    }
    return {key: Decimal(value) if key in numbers else value for key, value in row.items()}


def year():
    """All tables by name, and the slow calculator that has run through them."""
    drawn, days = Drawn(20160601), sessions()
    members = {IDS[n]: line(n, drawn) for n in range(20)}
    quoted, exchange, acting = prices(drawn, days), rates(drawn, days), actions(drawn, days)
    paying = [{"isin": IDS[row["n"]], **{key: row[key] for key in row if key != "n"}} for row in DIVIDENDS]
    tables = {
        "composition": [{"isin": code, **row} for code, row in members.items()],
        "prices": [{"date": day, **quoted[day]} for day in days],
        "fx": [{"date": day, **exchange[day]} for day in days],
        "actions": acting,
        "dividends": paying,
        "withholding": TAXES,
    }
    slow = slow_history(
        members,
        quoted,
        exchange,
        [decimals(row) for row in acting],
        [decimals(row) for row in paying],
        [decimals(row) for row in TAXES],
        base=BASE,
    )
    return tables, slow


HEADERS = {
    "composition": ["isin", "shares", "free_float", "capping", "currency", "country"],
    "prices": ["date", *IDS],
    "fx": ["date", "USD", "GBP"],
    "actions": [
        "date", "isin", "action", "ratio", "price", "amount", "cash", "currency", "fungible", "disadvantage",
        "other_isin", "qualifies", "shares", "free_float", "capping", "country", "event_id", "author", "reason",
    ],
    "dividends": [
        "isin", "ex_date", "amount", "currency", "type", "cash_equivalent", "index_currency_amount", "withholding",
        "reason",
    ],
    "withholding": ["country", "rate", "valid_from", "valid_to"],
    "levels": ["date", "divisor", "price", "net", "gross"],
    "divisors": ["date", "old", "new"],
}  # fmt: skip


def answers(slow):
    """Levels and divisors to 25 significant digits."""

    def short(row):
        return {key: f"{value:.25g}" if isinstance(value, Decimal) else value for key, value in row.items()}

    return {"levels": [short(row) for row in slow.rows], "divisors": [short(row) for row in slow.log]}


def write(name, rows):
    with (HERE / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADERS[name], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    made, run = year()
    for name, rows in {**made, **answers(run)}.items():
        write(name, rows)
