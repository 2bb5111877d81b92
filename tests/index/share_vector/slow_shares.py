"""A slow index of numbers of shares, written from the guideline alone: dictionaries, loops and decimals of 50 digits.

It exists to be compared with.  Nothing here is shared with the package.  Section numbers are those of the Solactive
Human Capital World MV guideline v1.0.  One object is one version (PR, NTR or GTR).

Agreed readings (the guideline is silent or at odds with itself there):

* percentage weights at the adjustment day are over the unrounded sum; the level that sets shares is the rounded one;
* a removal is in force from the open of its day, at the prices of the day before, and hands on the whole value;
* an insolvent component leaves at the close of the next adjustment day; without a price it keeps the last one on the
  day of the event and is worth 0 from the next day on; worth 0 in a rebalancing period, it keeps its shares;
* a day of disruption is calculated with last prices, but is no day of a rebalancing period.
"""

from decimal import ROUND_HALF_UP, Decimal, getcontext

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

    def take(self, day, prices, rates):
        # 1.4 and 3.2; Insolvency: zero where there is no price, the last price on the day of the event.
        self.rates.update(rates)
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
        """Events are dictionaries; dividends are (isin, amount in quote currency, correction factor)."""
        level = self.history[-1][1]
        for event in events:
            if event["event"] in REMOVALS:
                self.remove(event["isin"], event.get("price"))
                self.gone.append(event["isin"])
        if self.path and not disrupted:
            self.rebalance(level)
        for event in events:
            if event["event"] == "insolvency":
                self.insolvent[event["isin"]] = day
        before = dict(self.local)
        self.take(day, prices, rates)
        for event in events:
            self.adjust(event, before)
        for isin, amount, factor in dividends:
            if isin in self.shares:
                self.pay(isin, amount * factor, before)
        self.history.append((day, self.value()))

    def pay(self, isin, amount, before):
        # 3.4, literal or in the common form
        p = self.local[isin]
        factor = (p + amount) / p if self.form == "ex date" else before[isin] / (before[isin] - amount)
        self.shares[isin] *= factor

    def adjust(self, event, before):
        isin, kind = event["isin"], event["event"]
        if isin not in self.shares:
            return
        if kind == "capital increase":
            # 3.5.2
            cum, b, bv = before[isin], event.get("price", ZERO), event["ratio"]
            p = self.local[isin] if self.form == "ex date" else (cum + bv * b) / (1 + bv)
            limit = p if self.form == "ex date" else cum
            if b < limit:
                self.shares[isin] *= 1 + (p - b) / p * bv
        elif kind == "capital reduction":
            self.shares[isin] /= event["ratio"]
        elif kind == "split":
            self.shares[isin] *= event["new"] / event["old"]
        elif kind == "par value":
            self.shares[isin] *= event["old"] / event["new"]
        elif kind == "manual factor":
            self.shares[isin] *= event["factor"]
