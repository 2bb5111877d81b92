"""A slow index of numbers of shares, written from the guideline alone: dictionaries, loops and decimals of 50 digits.

It exists to be compared with.  Nothing here is shared with the package.  Section numbers are those of the Solactive
Human Capital World MV guideline v1.0.  One object is one version (PR, NTR or GTR).

Agreed readings (the guideline is silent or at odds with itself there):

* percentage weights at the adjustment day are over the unrounded sum; the level that sets shares is the rounded one;
* a removal is in force from the open of its day, at the prices of the day before, and hands on the whole value;
* an insolvent component leaves at the close of the next adjustment day; without a price it keeps the last one on the
  day of the event and is worth 0 from the next day on; worth 0 in a rebalancing period, it keeps its shares;
* a removal at a price that is set moves the level with which the vector of that day is set: to what the index would
  have been the day before at that price, rounded as every level is;
* a day of disruption is calculated with last prices, but is no day of a rebalancing period;
* on a day without a price a share is worth its last price, less what a holder has got: the account of one share over
  its splits, increases and gross dividends;
* events of one member on one day: splits, par values, reductions and factors first; what increases and dividends give a
  holder then counts per share held, side by side.
"""

from decimal import ROUND_HALF_UP, Decimal, getcontext
from itertools import combinations

getcontext().prec = 50

ONE, ZERO = Decimal(1), Decimal(0)
REMOVALS = ("merger", "takeover bid", "delisting", "nationalisation", "removal")


def rounded(number, places):
    """3.2: half away from zero (ROUND_HALF_UP of this module goes away from zero)."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


class SlowShares:
    """One version from its base date on; call :meth:`next_day` for every weekday after it."""

    def __init__(self, day, weights, prices, rates, currency, base=Decimal(100), launch="2016-08-30", form="ex date"):
        self.currency, self.launch, self.form = currency, launch, form
        self.local, self.rates = {}, {"EUR": ONE}
        self.insolvent, self.gone = {}, []
        self.take(day, prices, rates)
        # 1.2 and 3.1
        self.shares = {isin: weight * base / self.price(isin) for isin, weight in weights.items() if weight > 0}
        self.path = None
        self.history = [(day, self.value())]

    def price(self, isin):
        return self.local[isin] * self.rates[self.currency[isin]]

    def value(self):
        return sum((held * self.price(isin) for isin, held in self.shares.items()), ZERO)

    def take(self, day, prices, rates, events=(), gross=None):
        # 1.4 and 3.2; Insolvency: zero where there is no price, the last price on the day of the event.
        self.rates.update(rates)
        for isin, price in self.local.items():
            if isin not in prices and price > 0:
                own = [event for event in events if event["isin"] == isin]
                self.local[isin] = worth(price, own, (gross or {}).get(isin, ZERO))
        for isin, price in prices.items():
            self.local[isin] = rounded(price, 4)
        for isin, since in self.insolvent.items():
            if isin not in prices and day > since:
                self.local[isin] = ZERO

    def close_of_adjustment_day(self, day, target, period):
        """2.2: start weights and target; what is insolvent leaves now."""
        for isin in [name for name in self.shares if name in self.insolvent]:
            self.remove(isin, None)
        total = self.value()
        start = {isin: held * self.price(isin) / total for isin, held in self.shares.items()}
        days = 1 if day < self.launch else period
        self.path = {"start": start, "target": {k: v for k, v in target.items() if v > 0}, "m": 0, "M": days}

    def remove(self, isin, price):
        # 2.3: x I / (I - x_k p_k), the weights of a period under way likewise
        held = self.shares.get(isin, ZERO)
        handed = held * (self.price(isin) if price is None else price * self.rates[self.currency[isin]])
        rest = self.value() - held * self.price(isin)
        self.shares = {name: own * (rest + handed) / rest for name, own in self.shares.items() if name != isin}
        if self.path:
            for side in ("start", "target"):
                others = {name: weight for name, weight in self.path[side].items() if name != isin}
                total = sum(others.values(), ZERO)
                self.path[side] = {name: weight / total for name, weight in others.items()}

    def weights_of_day(self):
        path = self.path
        names = {*path["start"], *path["target"]}
        weights = {}
        for isin in names:
            before, after = path["start"].get(isin, ZERO), path["target"].get(isin, ZERO)
            weights[isin] = before + Decimal(path["m"]) * (after - before) / Decimal(path["M"])
        return weights

    def rebalance(self, level):
        # 2.2 and 3.1, with the rounded level and the prices of the day before
        self.path["m"] += 1
        weights = self.weights_of_day()
        last = self.path["m"] == self.path["M"]
        stuck = {
            isin: held
            for isin, held in self.shares.items()
            if self.price(isin) == 0 and not (last and weights.get(isin, ZERO) == 0)
        }
        rest = sum((weight for isin, weight in weights.items() if isin not in stuck), ZERO)
        new = dict(stuck)
        for isin, weight in weights.items():
            if isin not in stuck and weight > 0:
                new[isin] = (weight / rest) * rounded(level, 2) / self.price(isin)
        self.shares = new
        if last:
            self.path = None

    def next_day(self, day, prices, rates, events=(), dividends=(), disrupted=False):
        """Events are dictionaries; dividends are (isin, gross in quote currency, factor of what is reinvested)."""
        level = self.history[-1][1]
        for event in events:
            if event["event"] in REMOVALS:
                value = self.value()
                self.remove(event["isin"], event.get("price"))
                if event.get("price") is not None:
                    level += self.value() - value
                self.gone.append(event["isin"])
        if self.path and not disrupted:
            self.rebalance(level)
        for event in events:
            if event["event"] == "insolvency":
                self.insolvent[event["isin"]] = day
        before = dict(self.local)
        gross = {}
        for isin, amount, _ in dividends:
            gross[isin] = gross.get(isin, ZERO) + amount
        self.take(day, prices, rates, events, gross)
        for isin in self.shares:
            own = [event for event in events if event["isin"] == isin]
            paid = [(amount, factor) for name, amount, factor in dividends if name == isin]
            self.adjust(isin, own, paid, before[isin])
        self.history.append((day, self.value()))

    def adjust(self, isin, events, paid, before):
        # 3.4 and 3.5, literal or in the common form: with the close, or with what the close should be.
        gross, net = sum((a for a, _ in paid), ZERO), sum((a * f for a, f in paid), ZERO)
        literal = self.form == "ex date"
        p = self.local[isin] if literal else worth(before, events, gross)
        self.shares[isin] *= pieces(events)
        each = ONE
        for b, bv in increases(events):
            if b < p:
                each += (p - b) / p * bv
        if net:
            p = self.local[isin] if literal else worth(before, events, net)
            each += net / p
        self.shares[isin] *= each


def pieces(events):
    """How many shares one share becomes without anything being paid: 3.5.1, 3.5.3, 3.5.4."""
    found = ONE
    for event in events:
        kind = event["event"]
        if kind == "capital reduction":
            found /= event["ratio"]
        elif kind == "split":
            found *= event["new"] / event["old"]
        elif kind == "par value":
            found *= event["old"] / event["new"]
        elif kind == "manual factor":
            found *= event["factor"]
    return found


def increases(events):
    """Subscription price and new shares per share held: 3.5.2."""
    return [(e.get("price", ZERO), e["ratio"]) for e in events if e["event"] == "capital increase"]


def worth(price, events, paid):
    """The price ex that leaves a holder where he was; of all sets of rights, the one he would take up at that price."""
    cum, rights = price / pieces(events), increases(events)
    for size in range(len(rights) + 1):
        for taken in combinations(range(len(rights)), size):
            shares = ONE + sum((rights[i][1] for i in taken), ZERO)
            cost = sum((rights[i][0] * rights[i][1] for i in taken), ZERO)
            ex = (cum - paid + cost) / shares
            if all((rights[i][0] < ex) == (i in taken) for i in range(len(rights))):
                return ex
    raise AssertionError((price, events, paid))
