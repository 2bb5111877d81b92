"""Selection of a review in plain steps, written from 5.2.2 to 5.2.5 of the rule book and from nothing else.

A company is a dict: isin, member, shares, cents (closing price), permille (free float), speed (velocity in
thousandths or None), kind and segment (of the line), listed (trading days before the cut-off or None if long),
removed, banned and vetoed (truth values).  Everything is a whole number or a fraction.
"""

from fractions import Fraction


def size(company):
    bands = -(-company["permille"] // 50)
    return full(company) * Fraction(bands, 20)


def full(company):
    return Fraction(company["shares"] * company["cents"], 100)


def may_be_in(company):
    if company["listed"] is not None and company["listed"] < 20:
        return False
    if company["segment"] != "continuous" or company["kind"] not in ("ordinary", "preference"):
        return False
    return not company["removed"] and not company["banned"]


def liquid_and_free(company):
    return company["permille"] >= 150 and company["speed"] is not None and company["speed"] >= 250


def ranking(kind, companies):
    taking_part = []
    for company in companies:
        spared = kind == "quarterly" and company["member"]
        if may_be_in(company) and (spared or liquid_and_free(company)):
            taking_part.append(company)
    taking_part.sort(key=lambda c: c["isin"])
    taking_part.sort(key=full, reverse=True)
    taking_part.sort(key=size, reverse=True)
    return taking_part


def annual(companies):
    ranked = ranking("annual", companies)
    index = ranked[:18]
    large = [company for company in ranked[18:] if size(company) >= 100_000_000]
    if len(large) > 2:
        first = [c for c in large if c["member"] and ranked.index(c) + 1 < 23]
        large = first + [c for c in large if c not in first]
    return index + large[:2]


def quarterly(companies, fill="repeat"):
    ranked = ranking("quarterly", companies)
    index = []
    for rank, company in enumerate(ranked, start=1):
        if company["member"] and rank <= 25:
            index.append(company)
        if not company["member"] and rank <= 15 and not company["vetoed"]:
            index.append(company)
    while len(index) < 18:
        waiting = [c for c in ranked if not c["member"] and not c["vetoed"] and c not in index]
        if not waiting:
            break
        index.append(waiting[0])
        if fill == "once":
            break
    while len(index) > 20:
        index.remove([c for c in ranked if c in index and c["member"]][-1])
    return index
