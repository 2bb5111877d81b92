"""Random histories with random events, played forward with the slow calculator, and turned into tables."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tests.index.divisor_history.slow_index import Slow
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import COMPOSITION, basket_of, read_quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.tables import read

POOL = [f"COMPANY{n:02d}" for n in range(12)]
CURRENCY = {isin: ("EUR", "EUR", "USD", "EUR", "GBP", "EUR")[n % 6] for n, isin in enumerate(POOL)}
COUNTRY = {isin: ("PT", "ES", "US")[n % 3] for n, isin in enumerate(POOL)}
TAXES = [
    {"country": "PT", "rate": Decimal("0.25"), "valid_to": "2016-01-10"},
    {"country": "PT", "rate": Decimal("0.28"), "valid_from": "2016-01-11"},
    {"country": "ES", "rate": Decimal("0.19")},
    {"country": "US", "rate": Decimal("0.30")},
]
EXITS = ("removal", "delisting", "removal after suspension")
LINE_EVENTS = ("special dividend", "other rights", "rights issue", "bonus issue", "split", "reverse split")


class Case:
    """Inputs of one random index, and the slow calculator that has run through them."""

    def __init__(self, seed, sessions=16, continuity="cash_only", basis="old", fixings=False):
        self.rng = np.random.default_rng(seed)
        self.days = self.some_days(sessions)
        self.prices, self.rates, self.fixings, self.actions, self.paid = {}, {}, {}, [], []
        self.basis, self.fixed = basis, fixings
        self.missing, self.first, self.born = {}, {}, 0
        first = self.days[0]
        self.prices[first] = self.quotes(first)
        self.rates[first] = {"USD": self.number(0.8, 1.0), "GBP": self.number(1.1, 1.4)}
        chosen = sorted(self.rng.choice(len(POOL), 7, replace=False).tolist())
        self.members = {POOL[n]: self.line(POOL[n]) for n in chosen}
        self.fixings[first] = {"USD": self.number(0.8, 1.0), "GBP": self.number(1.1, 1.4)} if fixings else None
        self.slow = Slow(
            self.members,
            first,
            self.prices[first],
            self.rates[first],
            continuity=continuity,
            fixings=self.fixings[first],
            basis=basis,
        )
        for place in range(1, sessions):
            self.play(place)

    def some_days(self, count):
        day, days = date(2016, 1, 4), []
        while len(days) < count:
            if day.weekday() < 5 and (not days or self.rng.random() < 0.9):
                days.append(day.isoformat())
            day += timedelta(days=1)
        return days

    def number(self, low, high, decimals=4):
        return Decimal(repr(round(float(self.rng.uniform(low, high)), decimals)))

    def chance(self, share):
        return bool(self.rng.random() < share)

    def one_of(self, things):
        return things[int(self.rng.integers(len(things)))]

    def line(self, isin):
        return {
            "shares": Decimal(int(self.rng.integers(1000, 100_000))),
            "free_float": Decimal(int(self.rng.integers(3, 21)) * 5) / 100,
            "capping": self.one_of([Decimal(1), self.number(0.3, 1.0, 6)]),
            "currency": CURRENCY[isin],
            "country": COUNTRY[isin],
        }

    def quotes(self, day):
        ids = [*POOL, *(isin for isin, first in self.first.items() if first <= day)]
        return {isin: self.number(5, 50) for isin in ids if day not in self.missing.get(isin, ())}

    def play(self, place):
        day, slow = self.days[place], self.slow
        events = self.review(day) if self.chance(0.08) else self.events(place)
        self.prices[day] = self.quotes(day)
        self.rates[day] = {name: self.number(0.8, 1.4) for name in ("USD", "GBP") if self.chance(0.8)}
        if self.fixed:
            self.fixings[day] = {name: self.number(0.8, 1.4) for name in ("USD", "GBP") if self.chance(0.8)}
        struck = {event["isin"] for event in events}
        paid = [
            self.dividend(isin, place)
            for isin in POOL
            if self.chance(0.3 if isin in struck else 0.06) and isin in slow.own
        ]
        gone = {event["isin"] for event in events if event["action"] in ("removal", "delisting", "replacement")}
        paid = [row for row in paid if row["type"] != "special" or self.may_pay(row["isin"], gone, events)]
        self.actions += events
        self.paid += paid
        slow.next_day(day, self.prices[day], self.rates[day], events, paid, TAXES, self.fixings.get(day))

    def may_pay(self, isin, gone, events):
        reviewed = [event["isin"] for event in events if event["action"] == "review"]
        if any(event["isin"] == isin and event["action"] == "special dividend" for event in events):
            return False  # would stand in both tables
        if isin not in self.slow.members:
            return True  # is passed over, unless the company joins with a review
        known = isin in reviewed if reviewed else isin in self.free() and isin not in gone
        twice = ("spin-off", "suspension")
        return known and not any(event["isin"] == isin for event in events if event["action"] in twice)

    def free(self):
        """Members without anything pending, so that an event of today surely finds them."""
        slow = self.slow
        return [m for m in slow.members if m not in slow.leaving and m not in slow.untraded and m not in slow.suspended]

    def review(self, day):
        chosen = sorted(self.rng.choice(len(POOL), 7, replace=False).tolist())
        fit = [POOL[n] for n in chosen if POOL[n] in self.slow.own and POOL[n] not in self.slow.suspended]
        rows = [{"date": day, "isin": m, "action": "review", "event_id": "R", **self.line(m)} for m in fit]
        for isin in list(self.slow.members):
            if isin not in fit and self.chance(0.3):
                event = {"date": day, "isin": isin, "action": self.one_of(EXITS)}
                rows.append({**event, "price": self.number(0, 10)} if self.chance(0.6) else event)
            elif isin in POOL and self.chance(0.15):  # of a company that stays, or of one that leaves that day
                kind = self.one_of(LINE_EVENTS)
                rows.append({"date": day, "isin": isin, "action": kind, **self.terms(kind)})
        return rows

    def events(self, place):
        day, events = self.days[place], []
        free = self.free()
        self.rng.shuffle(free)
        if len(free) > 4 and self.chance(0.35):
            self.change(place, free, events)
        for isin in free:
            struck = self.chance(0.12)
            kinds = [kind for kind in LINE_EVENTS if self.chance(0.3 if struck else 0.03)]
            events += [{"date": day, "isin": isin, "action": kind, **self.terms(kind)} for kind in kinds]
        for isin in list(self.slow.suspended):
            if isin not in self.slow.leaving:
                self.after_suspension(isin, place, events)
        events += self.strange(day)
        self.rng.shuffle(events)
        return events

    def strange(self, day):
        """Events of companies that are no members: another index shares the table."""
        joining = {"isin": "STRANGER", "action": "split", "ratio": Decimal(2)}
        found = [{"date": day, **joining}] if self.chance(0.1) else []
        outside = [m for m in POOL if m not in self.slow.members]
        for isin in outside if self.chance(0.3) else ():
            kind = self.one_of(LINE_EVENTS)
            found.append({"date": day, "isin": isin, "action": kind, **self.terms(kind)})
        return found

    def terms(self, kind):
        if kind in ("special dividend", "other rights"):
            return {"amount": self.number(0.1, 1.0), "currency": self.one_of(["", "", "USD"])}
        if kind == "rights issue":
            lag = self.one_of([Decimal(0), Decimal(0), self.number(0.1, 0.5)])
            ratio = self.one_of([Decimal("0.4"), Decimal("0.25"), self.number(0.1, 1.5)])
            word = self.one_of(["yes", "yes", "no"])
            return {"ratio": ratio, "price": self.number(1, 30), "disadvantage": lag, "fungible": word}
        return {"ratio": {"split": Decimal(4), "reverse split": Decimal("0.125")}.get(kind, self.number(0.05, 0.5))}

    def change(self, place, free, events):
        day, isin = self.days[place], free.pop()
        kind = self.one_of(["removal", "delisting", "replacement", "spin-off", "spin-off", "suspension", "addition"])
        event = {"date": day, "isin": isin, "action": kind}
        if kind == "delisting" and self.chance(0.5):
            event["price"] = self.number(0, 10)
        if kind == "suspension":
            self.missing.setdefault(isin, set()).update(self.days[place : place + int(self.rng.integers(1, 5))])
        if kind == "replacement":
            event.update(self.bid(isin, free))
        if kind == "spin-off":
            event.update(self.spun(isin, place, free))
        if kind == "addition":
            outside = [m for m in POOL if m not in self.slow.members and m in self.slow.own]
            if not outside:
                return
            event.update({"isin": outside[0], **self.line(outside[0])})
        events.append(event)

    def bid(self, isin, free):
        outside = [m for m in POOL if m not in self.slow.members and m in self.slow.own]
        buyer = free.pop() if self.chance(0.5) or not outside else self.one_of(outside)
        return {
            "other_isin": buyer,
            "other_currency": CURRENCY.get(buyer, ""),
            "country": COUNTRY.get(buyer, "US"),
            "ratio": self.number(0.1, 2.0),
            "cash": self.one_of([Decimal(0), self.number(0, 2)]),
        }

    def spun(self, isin, place, free):
        if self.chance(0.2):
            return {"other_isin": free.pop(), "ratio": Decimal("0.01")}
        self.born += 1
        child = f"CHILD{self.born:02d}"
        wait = int(self.rng.integers(0, 4))
        start = place + wait
        self.first[child] = self.days[start] if start < len(self.days) else "9999"
        terms = {"other_isin": child, "ratio": self.number(0.1, 1.0), "country": self.one_of(["PT", "US"])}
        terms["qualifies"] = self.one_of(["all", "all", "parent only", "child only", "none"])
        if self.chance(0.5):
            terms["price"] = self.number(0.5, 3.0)
        return terms

    def after_suspension(self, isin, place, events):
        day = self.days[place]
        if self.chance(0.2):
            event = {"date": day, "isin": isin, "action": "removal after suspension"}
            events.append(event if self.chance(0.6) else {**event, "price": self.number(0.1, 9)})
        elif day not in self.missing[isin] and self.chance(0.8):
            events.append({"date": day, "isin": isin, "action": "resumption"})

    def dividend(self, isin, place):
        before, day = date.fromisoformat(self.days[place - 1]), date.fromisoformat(self.days[place])
        ex = day if self.chance(0.7) else before + timedelta(days=1)  # may be a day without a session
        most = 1.5 if self.basis == "old" else 0.3  # per share after a split
        row = {"isin": isin, "ex_date": ex.isoformat(), "amount": self.number(0.05, most)}
        row["type"] = self.one_of(["ordinary", "ordinary", "choice", "stock", "special"])
        if row["type"] == "stock":
            row["cash_equivalent"] = row.pop("amount")
        if self.chance(0.3):
            row["currency"] = self.one_of(["EUR", "USD", "GBP"])
        if self.chance(0.15):
            row["index_currency_amount"] = self.number(0.05, most)
        if self.chance(0.15) and row["type"] != "special":
            row["withholding"] = self.number(0, 0.4, 2)
        return row

    # -- as tables

    def basket(self):
        rows = [{"isin": isin, **line} for isin, line in self.members.items()]
        return basket_of(block(COMPOSITION, rows))

    def price_table(self, days=None):
        ids = [*POOL, *self.first]
        rows = [[day, *(_plain(self.prices[day].get(isin)) for isin in ids)] for day in days or self.days]
        return read_quotes("prices", [["date", *ids], *rows])

    def fx_table(self, rates=None, name="fx"):
        known = self.rates if rates is None else rates
        rows = [[day, *(_plain(known[day].get(code)) for code in ("USD", "GBP"))] for day in self.days]
        return read_quotes(name, [["date", "USD", "GBP"], *rows])

    def tables(self):
        acting, paying = block(ACTIONS, self.actions), block(DIVIDENDS, self.paid)
        tables = {"actions": acting, "dividends": paying, "withholding": block(WITHHOLDING, TAXES)}
        tables |= {"fx": self.fx_table(), "dividend_basis": self.basis}
        return tables | ({"reference": self.fx_table(self.fixings, "reference")} if self.fixed else {})


def block(spec, rows):
    """Read dictionaries as a checked table."""
    names = [column.name for column in spec.columns]
    return read(spec, [names, *([_plain(row.get(name)) for name in names] for row in rows)])


def _plain(value):
    if isinstance(value, Decimal | int):
        return float(value)
    return None if value == "" else value
