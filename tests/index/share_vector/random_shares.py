"""Random histories of an index of numbers of shares: plain data, for the package and for the slow reference."""

import random
from datetime import date, timedelta
from decimal import Decimal

from tests.index.share_vector.slow_shares import REMOVALS, SlowShares
from xlidx.index.basket import read_quotes
from xlidx.rulebooks.solactive_human_capital import history as book
from xlidx.tables import read

TAX = {"DE": Decimal("0.26375"), "US": Decimal("0.15"), "JP": Decimal("0.15315")}
VERSIONS = ("PR", "NTR", "GTR")


def weekdays(start, count):
    days, day = [], start
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(1)
    return days


class Story:
    """A history drawn from a seed: ``size`` weekdays around the launch, two or three targets, events of all kinds."""

    def __init__(self, seed, size=60, events=True):
        dice = self.dice = random.Random(seed)
        self.days = weekdays(date(2016, 8, 1), size)
        self.ids = [f"N{i}" for i in range(9)]
        self.currency = {isin: dice.choice(("EUR", "USD", "JPY")) for isin in self.ids}
        self.country = {isin: dice.choice(tuple(TAX)) for isin in self.ids}
        self.disrupted = {day: "halt" for day in self.days[1:] if events and dice.random() < 0.06}
        self.adjustments = [self.days[0], self.days[dice.randint(10, 14)], self.days[dice.randint(24, 32)]]
        self.prices, self.fx = self.draw_prices(events), self.draw_rates()
        self.events, self.targets, self.dividends = [], {}, []
        self.draw_events(events)
        self.draw_targets()
        self.draw_dividends(events)
        self.draw_gaps(events)

    def draw_prices(self, holes):
        rows, last = {}, {isin: Decimal(self.dice.randint(500, 9000)) / 100 for isin in self.ids}
        for place, day in enumerate(self.days):
            rows[day] = {}
            for isin in self.ids:
                last[isin] *= Decimal(str(round(1 + self.dice.gauss(0, 0.02), 5)))
                last[isin] = last[isin].quantize(Decimal("0.00001"))
                if place == 0 or not holes or self.dice.random() > 0.04:
                    rows[day][isin] = last[isin]
        return rows

    def draw_rates(self):
        rows = {}
        for place, day in enumerate(self.days):
            rows[day] = (
                {}
                if place and self.dice.random() < 0.1
                else {
                    "USD": Decimal(self.dice.randint(80000, 99000)) / 100000,
                    "JPY": Decimal(self.dice.randint(700, 900)) / 100000,
                }
            )
        return rows

    def draw_events(self, wanted):
        if not wanted:
            return
        d = self.dice
        leaver, broke = d.sample(self.ids[:6], 2)
        after = self.adjustments[2]
        inside = [day for day in self.days if day > after][: d.randint(2, 9)]
        day = d.choice((inside[-1], d.choice(self.days[3:9])))
        price = d.choice((None, self.prices[self.days[0]][leaver] / 2))
        self.events.append({"date": day, "isin": leaver, "event": d.choice(REMOVALS), "price": price})
        sick = d.choice(self.days[2:40])
        self.events.append({"date": sick, "isin": broke, "event": "insolvency"})
        for late in self.days:
            if late >= sick and d.random() < 0.6:
                self.prices[late].pop(broke, None)
        for _ in range(8):
            self.events.append(self.draw_change({leaver, broke}))

    def draw_change(self, out):
        d = self.dice
        day, isin = d.choice(self.days[1:]), d.choice([isin for isin in self.ids[:6] if isin not in out])
        earlier = [e for e in self.events if e["isin"] not in out]
        if earlier and d.random() < 0.25:
            day, isin = (pair := d.choice(earlier))["date"], pair["isin"]
        kind = d.choice(("capital increase", "capital reduction", "split", "par value", "manual factor"))
        event = {"date": day, "isin": isin, "event": kind}
        if kind == "capital increase":
            event |= {"ratio": Decimal(d.randint(1, 9)) / 10, "price": Decimal(d.choice((0, 3, 20, 60)))}
        elif kind == "capital reduction":
            event |= {"ratio": Decimal(d.choice((2, 4, 5)))}
        elif kind == "manual factor":
            event |= {"factor": Decimal(d.randint(80, 120)) / 100, "author": "calculator", "reason": "drawn"}
        else:
            event |= {"old": Decimal(d.choice((1, 2, 5))), "new": Decimal(d.choice((3, 4, 10)))}
        return event

    def draw_targets(self):
        removed = {e["isin"]: e["date"] for e in self.events if e["event"] in REMOVALS}
        broke = {e["isin"]: e["date"] for e in self.events if e["event"] == "insolvency"}
        changed = {e["isin"] for e in self.events} - {*removed, *broke}
        for number, day in enumerate(self.adjustments):
            bad = {isin for isin, when in {**removed, **broke}.items() if when <= day}
            able = [isin for isin in self.ids if isin not in bad]
            keep = changed | ({*removed, *broke} & set(able))
            rest = [isin for isin in able if isin not in keep]
            names = sorted(keep) + self.dice.sample(rest, min(len(rest), 1 + number % 2 if rest else 0))
            points = [self.dice.randint(1, 30) for _ in names]
            self.targets[day] = {isin: Decimal(p) / sum(points) for isin, p in zip(names, points, strict=True)}

    def draw_dividends(self, wanted):
        for _ in range(12 if wanted else 0):
            day, isin = self.dice.choice(self.days[1:]), self.dice.choice(self.ids)
            other = [e for e in (*self.events, *self.dividends) if e["date"] != self.days[0]]
            if other and self.dice.random() < 0.3:
                day, isin = (pair := self.dice.choice(other))["date"], pair["isin"]
            broke = isin in {e["isin"] for e in self.events if e["event"] == "insolvency"}
            kind = self.dice.choice(("ordinary", "ordinary", "special"))
            if not broke and (day, isin, kind) not in {(p["date"], p["isin"], p["type"]) for p in self.dividends}:
                amount = Decimal(self.dice.randint(1, 300)) / 100
                self.dividends.append({"date": day, "isin": isin, "amount": amount, "type": kind})

    def draw_gaps(self, wanted):
        # Every second day of an event has no price of its own; dividends are then small beside any carried price.
        for one in (*self.events, *self.dividends) if wanted else ():
            if self.dice.random() < 0.5 and one["date"] != self.days[0]:
                self.prices[one["date"]].pop(one["isin"], None)
        for paid in self.dividends:
            if paid["isin"] not in self.prices[paid["date"]]:
                paid["amount"] /= 40

    # -- as tables of the package

    def quotes(self, count=None):
        body = [[day, *(self.cell(day, isin) for isin in self.ids)] for day in self.days[:count]]
        return read_quotes("prices", [["date", *self.ids], *body])

    def cell(self, day, isin):
        price = self.prices[day].get(isin)
        return None if price is None else float(price)

    def tables(self):
        head = ["adjustment day", "isin", "weight", "currency", "country"]
        targets = [head] + [
            [day, isin, float(w), self.currency[isin], self.country[isin]]
            for day, weights in self.targets.items()
            for isin, w in weights.items()
        ]
        names = ("ratio", "price", "old", "new", "factor", "author", "reason")
        events = [["date", "isin", "event", *names, "event id"]]
        for place, e in enumerate(self.events):
            values = [float(v) if isinstance(v := e.get(name), Decimal) else v for name in names]
            events.append([e["date"], e["isin"], e["event"], *values, f"e{place}"])
        paid = [["isin", "ex date", "amount", "type"]]
        paid += [[p["isin"], p["date"], float(p["amount"]), p["type"]] for p in self.dividends]
        taxes = [["country", "rate"], *([name, float(rate)] for name, rate in TAX.items())]
        halts = [["date", "reason"], *([day, text] for day, text in self.disrupted.items())]
        fx = [["date", "USD", "JPY"]]
        fx += [[day, float(r["USD"]), float(r["JPY"])] for day, r in self.fx.items() if r]
        return {
            "targets": read(book.TARGETS, targets),
            "events": read(book.EVENTS, events),
            "dividends": read(book.DIVIDENDS, paid),
            "fx": read_quotes("fx", fx),
            "withholding": read(book.WITHHOLDING, taxes),
            "disruptions": read(book.DISRUPTIONS, halts),
        }

    # -- as the slow reference tells it

    def reinvested(self, version, kind, isin):
        if version == "PR" and kind != "special":
            return Decimal(0)
        return Decimal(1) if version == "GTR" else 1 - TAX[self.country[isin]]

    def slow(self, version, form="ex date", period=10):
        first, *rest = self.days
        index = SlowShares(
            first,
            self.targets[first],
            self.prices[first],
            self.fx[first],
            self.currency,
            form=form,
            launch=date(2016, 8, 30),
        )
        for yesterday, day in zip(self.days, rest, strict=False):
            if yesterday in self.targets and yesterday != first:
                index.close_of_adjustment_day(yesterday, self.targets[yesterday], period)
            todays = [e for e in self.events if e["date"] == day]
            paid = [
                (p["isin"], p["amount"], self.reinvested(version, p["type"], p["isin"]))
                for p in self.dividends
                if p["date"] == day
            ]
            index.next_day(day, self.prices[day], self.fx[day], todays, paid, day in self.disrupted)
        return index
