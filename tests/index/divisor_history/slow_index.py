"""A slow index calculator, written from the rule book alone: dictionaries, loops and decimals of 60 digits.

It exists to be compared with.  Nothing here is shared with the package, and everything is done the long way:
the whole portfolio is valued again before and after every single event.  Section numbers are those of the
PSI 20 rule book v16-01.  Dates are ISO texts, numbers are given as ``Decimal``.

Agreed readings (the rule book is silent there):

* terms of an event are per share held at the close before the effective date ("cum basis"), dividends included;
  with ``basis="new"`` rows of the dividends table are per share after the share events of the ex-date;
* the events of one day follow in this order, whatever the order of the rows: price fixed for a removal, review,
  special dividend, other rights, spin-off, bonus and rights issues together, splits, removal, addition, replacement;
* new shares of a rights issue bear no bonus shares of the same day; it is taken up if a new share costs less than
  the price that results from all that is taken up, the cheapest issue first;
* events of companies that are no members change nothing;
* a company created by a spin-off and not yet traded is valued at the estimate, else at what the line of its
  parent lost on the ex-date per share handed out, never below zero, until its first own price;
* shares handed out of a company that is a member already are valued at its own price.
"""

from decimal import Decimal, getcontext

getcontext().prec = 60

ZERO, ONE = Decimal(0), Decimal(1)
ORDER = (
    "review",
    "special dividend",
    "other rights",
    "spin-off",
    "bonus issue",
    "rights issue",
    "split",
    "reverse split",
    "special dividend per new share",
    "bonus in lieu of dividend",
    "removal",
    "delisting",
    "removal after suspension",
    "addition",
    "replacement",
    "suspension",
    "resumption",
)
REMOVALS = ("removal", "delisting", "removal after suspension")


class Slow:
    """One index from its base date on; call :meth:`next_day` for every session after the first."""

    def __init__(
        self,
        members,
        day,
        prices,
        rates=None,
        base=Decimal(1000),
        continuity="cash_only",
        fixings=None,
        basis="old",
        home="EUR",
    ):
        # 4.1: the divisor is set by the starting capitalisation and the base level.
        self.members = {isin: dict(line) for isin, line in members.items()}
        self.continuity = continuity
        self.suspended, self.untraded, self.leaving = set(), set(), {}
        self.day, self.seen, self.rates = day, dict(prices), dict(rates or {})
        self.fixings, self.basis, self.home = None if fixings is None else dict(fixings), basis, home
        self.grown = {}
        self.own = set(prices)
        self.divisor = self.value() / base
        self.price = self.net = self.gross = self.value() / self.divisor
        self.rows = [self.row()]
        self.log = []

    def row(self):
        return {"date": self.day, "divisor": self.divisor, "price": self.price, "net": self.net, "gross": self.gross}

    # -- 7: sum of Q F f C X

    def rate(self, currency):
        return ONE if currency == self.home else self.rates[currency]

    def fixing(self, currency):
        # 4.3.4: dividends at the reference rate of the cum-day, 4.2: closes at the closing rate.
        known = self.rates if self.fixings is None else self.fixings
        return ONE if currency == self.home else known[currency]

    def line_value(self, isin):
        line = self.members[isin]
        counted = line["shares"] * line["free_float"] * line["capping"]
        return counted * self.seen[isin] * self.rate(line["currency"])

    def value(self):
        total = ZERO
        for isin in self.members:
            total += self.line_value(isin)
        return total

    # -- one session

    def next_day(self, day, prices, rates=None, actions=(), dividends=(), withholding=(), fixings=None):
        old, events = self.divisor, self.events(day, actions, dividends)
        self.grown, self.used = {}, 0
        cum = {isin: self.in_home(paid) for isin, paid in self.foreign(day, dividends)}
        born = self.apply(events)
        for event in born.values():
            if event["isin"] in self.members:
                event["parent_value"] = self.line_value(event["isin"])
        if self.used:
            self.log.append({"date": day, "old": old, "new": self.divisor})
        self.rates.update(rates or {})
        if self.fixings is not None:
            self.fixings.update(fixings or {})
        self.take_prices(prices, born)
        level = self.value() / self.divisor
        gross, net = self.dividends(day, dividends, withholding, cum)
        self.gross = self.gross * (level + gross) / self.price
        self.net = None if net is None or self.net is None else self.net * (level + net) / self.price
        self.day, self.price = day, level
        self.rows.append(self.row())

    def events(self, day, actions, dividends):
        found = [dict(action) for action in actions if action["date"] == day]
        for paid in dividends:
            # 6.5.2: a special dividend adjusts the price index; it is not an ordinary one.
            if paid.get("type", "ordinary") == "special" and self.day < paid["ex_date"] <= day:
                word = "special dividend" if self.basis == "old" else "special dividend per new share"
                event = {"isin": paid["isin"], "action": word, "amount": paid.get("amount")}
                event["currency"] = paid.get("currency", "")
                if paid.get("index_currency_amount") is not None:
                    event["amount"], event["currency"] = paid["index_currency_amount"], self.home
                found.append(event)
        for isin, ready in self.leaving.items():
            if ready:
                found.append({"isin": isin, "action": "removal", "auto": True})
        return sorted(found, key=lambda event: ORDER.index(event["action"]))

    def take_prices(self, prices, born):
        self.own = set(prices)
        for isin in list(self.untraded):
            if isin in prices:
                self.untraded.discard(isin)
        for isin in self.members:
            if isin in prices or isin in self.suspended or isin in self.untraded:
                continue
            if isin not in born:
                raise ValueError(f"no price for {isin}")
            self.untraded.add(isin)
            self.seen[isin] = self.estimate(isin, born[isin], prices)
        self.seen.update(prices)
        for isin in self.leaving:
            self.leaving[isin] = self.leaving[isin] or isin in prices

    def estimate(self, child, event, prices):
        # 6.3: parent and child together carry the value that the parent had.
        if event.get("price") is not None:
            return self.seen[child]
        parent, line = event["isin"], self.members[child]
        self.seen[parent] = prices[parent]
        lost = event["parent_value"] - self.line_value(parent)
        counted = line["shares"] * line["free_float"] * line["capping"]
        return max(ZERO, lost / counted / self.rate(line["currency"]))

    # -- 6: corporate actions at the close of the session before

    def apply(self, events):
        for event in events:
            if event["action"] in REMOVALS and not event.get("auto"):
                self.fix_price(event)
        born, bids = {}, []
        review = [event for event in events if event["action"] == "review"]
        self.used = len(review)
        before = set(self.members)
        if review:
            self.keep_level(lambda: self.review(review))
        for event in events:
            if event["action"] in ("review", "addition"):
                continue
            inside = event["isin"] in self.members
            self.used += inside or (event["isin"] in before and event["action"] in REMOVALS)
        events = [e for e in events if e["action"] in ("review", "addition") or e["isin"] in self.members]
        self.used += sum(event["action"] == "addition" for event in events)
        done = set()
        for event in events:
            if event["action"] == "replacement":
                bids.append(event)
            elif event["action"] in ("bonus issue", "rights issue"):
                if event["isin"] not in done:
                    done.add(event["isin"])
                    self.keep_level(lambda isin=event["isin"]: self.issues(isin, events))
            elif event["action"] != "review":
                self.one(event, born)
        if bids:
            self.replace(bids)
        return born

    def fix_price(self, event):
        # 6.2.2: zero, unless the compiler sets a price; the level itself moves to that price first.
        price = event.get("price")
        if price is None and event["action"] == "removal after suspension":
            price = ZERO
        if price is not None and event["isin"] in self.members:
            quoted = self.members[event["isin"]]["currency"]
            self.seen[event["isin"]] = price * self.rate(event.get("currency") or quoted) / self.rate(quoted)

    def keep_level(self, change):
        # 6.1, 6.2: the divisor is adapted so that the level stays as it is.
        before = self.value()
        change()
        after = self.value()
        if after != before:
            self.divisor = self.divisor * after / before

    def one(self, event, born):
        isin, action = event["isin"], event["action"]
        if event.get("auto"):
            if isin in self.leaving and isin in self.members:
                self.keep_level(lambda: self.drop(isin))
            return
        if action in ("suspension", "resumption"):
            (self.suspended.add if action == "suspension" else self.suspended.discard)(isin)
        elif action in ("special dividend", "special dividend per new share", "other rights"):
            self.keep_level(lambda: self.lower(event))
        elif action in ("split", "reverse split"):
            self.grow(isin, event["ratio"])  # 6.7: no divisor change
            self.seen[isin] /= event["ratio"]
        elif action == "spin-off":
            self.spin_off(event, born)
        elif action in REMOVALS:
            self.keep_level(lambda: self.drop(isin))
        elif action == "addition":
            self.keep_level(lambda: self.add(event))

    def grow(self, isin, factor):
        self.members[isin]["shares"] *= factor
        self.grown[isin] = self.grown.get(isin, ONE) * factor

    def drop(self, isin):
        del self.members[isin]
        self.suspended.discard(isin)
        self.untraded.discard(isin)
        self.leaving.pop(isin, None)

    def add(self, event):
        isin = event["isin"]
        if event["action"] == "addition" and isin in self.members:
            raise ValueError(f"{isin} is a member already")
        old = self.members.get(isin, {"currency": "EUR", "country": ""})  # a review row may leave them blank
        self.members[isin] = {
            "shares": event["shares"],
            "free_float": event["free_float"],
            "capping": event.get("capping") or ONE,
            "currency": event.get("currency") or old["currency"],
            "country": event.get("country") or old["country"],
        }
        if event["action"] == "addition" and event.get("price") is not None:
            self.seen[isin] = event["price"]

    def review(self, rows):
        kept = {event["isin"] for event in rows}
        for isin in list(self.members):
            if isin not in kept:
                self.drop(isin)
        for event in rows:
            self.add(event)
        self.leaving = {}  # the review has decided on every company
        self.members = {event["isin"]: self.members[event["isin"]] for event in rows}

    def lower(self, event):
        # 6.5.2: gross amount off the closing price; 6.6 last paragraph: the value attributed to the right.
        isin = event["isin"]
        quoted = self.members[isin]["currency"]
        rate = self.rate if event["action"] == "other rights" else self.fixing
        amount = event["amount"] * rate(event.get("currency") or quoted) / rate(quoted)
        if event["action"] == "other rights" and amount <= 0:
            return
        if amount >= self.seen[isin]:
            raise ValueError("amount not below the price")
        self.seen[isin] -= amount

    def issues(self, isin, events):
        # 6.6, 6.7: the holder of one share keeps it, gets b bonus shares and buys r new ones at S each, so
        # 1 + b + sum of r shares are worth C + sum of r S together; the most rights that pay, cheapest first.
        mine = [event for event in events if event["isin"] == isin]
        bonus = sum((event["ratio"] for event in mine if event["action"] == "bonus issue"), ZERO)
        rights = sorted((self.cost(e), n) for n, e in enumerate(mine) if e["action"] == "rights issue")
        for taken in range(len(rights), -1, -1):
            chosen = [(cost, mine[n]) for cost, n in rights[:taken]]
            worth = self.seen[isin] + sum((cost * event["ratio"] for cost, event in chosen), ZERO)
            price = worth / (ONE + bonus + sum((event["ratio"] for _, event in chosen), ZERO))
            if not chosen or chosen[-1][0] < price:
                break
        added = sum((event["ratio"] for _, event in chosen if self.joins(event)), ZERO)
        self.seen[isin] = price
        self.grow(isin, ONE + bonus + added)

    def cost(self, event):
        quoted = self.members[event["isin"]]["currency"]
        paid = event["price"] + (event.get("disadvantage") or ZERO)
        return paid * self.rate(event.get("currency") or quoted) / self.rate(quoted)

    def joins(self, event):
        alike = event.get("fungible", "yes") == "yes" and not event.get("disadvantage")
        return event["ratio"] < Decimal("0.4") and alike

    def spin_off(self, event, born):
        # 6.3; ``qualifies``: all, parent only, child only, none.
        parent, child, who = event["isin"], event["other_isin"], event.get("qualifies") or "all"
        if who == "none":
            self.keep_level(lambda: self.drop(parent))
            return
        line = self.members[parent]
        counted = line["shares"] * event["ratio"]
        if child in self.members:
            other = self.members[child]
            worth = line["free_float"] * line["capping"] / (other["free_float"] * other["capping"])
            other["shares"] += counted * worth
            event["price"], event["currency"] = self.seen[child], other["currency"]
        else:
            self.members[child] = {
                **line,
                "shares": counted,
                "currency": event.get("other_currency") or line["currency"],
                "country": event.get("country") or "",
            }
            self.seen[child] = ZERO
            born[child] = event
        if event.get("price") is not None:
            given = event["price"] * self.rate(event.get("currency") or self.members[child]["currency"])
            self.seen[parent] -= event["ratio"] * given / self.rate(line["currency"])
            if child in born:
                self.seen[child] = given / self.rate(self.members[child]["currency"])
        if who == "parent only":
            self.leaving[child] = False
        if who == "child only":
            self.leaving[parent] = False

    def replace(self, bids):
        # 6.2.1: Q by the bid ratio; the divisor is adapted only for the cash part.
        before, after = self.value(), self.value()
        for event in bids:
            line = self.members[event["isin"]]
            fx = self.rate(event.get("currency") or line["currency"])
            counted = line["shares"] * line["free_float"] * line["capping"]
            after -= counted * (event.get("cash") or ZERO) * fx
        for event in bids:
            line, buyer = self.members[event["isin"]], event["other_isin"]
            shares = line["shares"] * event["ratio"]
            if buyer in self.members:
                other = self.members[buyer]
                worth = line["free_float"] * line["capping"] / (other["free_float"] * other["capping"])
                other["shares"] += shares * worth
            else:
                currency = event.get("other_currency") or line["currency"]
                country = event.get("country") or ""
                self.members[buyer] = {**line, "shares": shares, "currency": currency, "country": country}
            self.drop(event["isin"])
        if self.continuity == "full":
            after = self.value()
        self.divisor = self.divisor * after / before

    # -- 4.3, 7: XD adjustment in points, gross and net

    def foreign(self, day, dividends):
        ordinary = [paid for paid in dividends if paid.get("type", "ordinary") != "special"]
        return [(n, paid) for n, paid in enumerate(ordinary) if self.day < paid["ex_date"] <= day]

    def dividends(self, day, dividends, withholding, cum):
        gross = net = ZERO
        for n, paid in self.foreign(day, dividends):
            if paid["isin"] not in self.members:
                continue
            line = self.members[paid["isin"]]
            points = cum[n](line) * line["shares"] * line["free_float"] * line["capping"] / self.divisor
            if self.basis == "old":
                points /= self.grown.get(paid["isin"], ONE)
            gross += points
            tax = self.tax(paid, line, withholding)
            net = None if net is None or tax is None else net + points * (ONE - tax)
        return gross, net

    def in_home(self, paid):
        # 4.3.4: the amount in index currency if there is one, else the reference rate of the cum-day; 4.3.3: stock.
        if paid.get("index_currency_amount") is not None:
            return lambda line: paid["index_currency_amount"]
        amount = paid["cash_equivalent"] if paid.get("type") == "stock" else paid["amount"]
        known = {name: self.fixing(name) for name in {**self.rates, **(self.fixings or {}), self.home: ONE}}
        return lambda line: amount * known[paid.get("currency") or line["currency"]]

    def tax(self, paid, line, withholding):
        if paid.get("withholding") is not None:
            return paid["withholding"]
        for rule in withholding:
            starts, ends = rule.get("valid_from") or "", rule.get("valid_to") or "9999"
            if rule["country"] == line["country"] and starts <= paid["ex_date"] <= ends:
                return rule["rate"]
        return None


def slow_history(members, prices, rates=None, actions=(), dividends=(), withholding=(), **options):
    """Run all sessions; ``prices`` and ``rates`` map dates to dictionaries.  Returns the calculator."""
    days = sorted(prices)
    rates = rates or {}
    index = Slow(members, days[0], prices[days[0]], rates.get(days[0]), **options)
    for day in days[1:]:
        index.next_day(day, prices[day], rates.get(day), actions, dividends, withholding)
    return index
