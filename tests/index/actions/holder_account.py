"""The account of a holder of one share on a day of events, worked in fractions.

Nothing here is shared with the package.  The holder has one share at the close, worth C.  Every term counts per share
held at that close: cash and companies handed out leave its worth, bonus shares and new shares bought join it, then a
split divides all shares.  Rights are taken up where a new share costs less than what all shares are worth in the end;
which ones that are is found by trying every choice.
"""

from fractions import Fraction
from itertools import chain, combinations

CASH = ("special dividend", "other rights")
SPLITS = ("split", "reverse split")
ONE = Fraction(1)


def number(event, name):
    return Fraction(str(event.get(name, 0)))


def cost(right):
    """What a new share costs, with the dividend that it misses."""
    return number(right, "price") + number(right, "disadvantage")


def counted(right):
    """Tell whether the index takes the new shares (6.6)."""
    joins = right.get("fungible", "yes") == "yes" and not right.get("disadvantage")
    return joins and number(right, "ratio") < Fraction(2, 5)


def account(close, events, quoted):
    """Return price and shares that one share at the close becomes, and the worth of companies handed out."""
    kinds = {word: [e for e in events if e["action"] == word] for word in {e["action"] for e in events}}
    handed = sum((number(e, "ratio") * quoted(e) for e in kinds.get("spin-off", [])), Fraction())
    worth = Fraction(str(close)) - handed
    worth -= sum((number(e, "amount") for word in CASH for e in kinds.get(word, [])), Fraction())
    bonus = sum((number(e, "ratio") for e in kinds.get("bonus issue", [])), Fraction())
    rights = kinds.get("rights issue", [])
    choices = chain.from_iterable(combinations(range(len(rights)), size) for size in range(len(rights) + 1))
    fair = [found for found in (choice(worth, bonus, rights, taken) for taken in choices) if found]
    assert len(fair) == 1, "one choice of rights is the best of every holder"
    price, shares = fair[0]
    for event in chain.from_iterable(kinds.get(word, []) for word in SPLITS):
        price, shares = price / number(event, "ratio"), shares * number(event, "ratio")
    return price, shares, handed


def choice(worth, bonus, rights, taken):
    """Return price and counted shares if just these rights are taken up, or nothing where a holder would not."""
    chosen = [rights[n] for n in taken]
    paid = sum((number(right, "ratio") * cost(right) for right in chosen), Fraction())
    price = (worth + paid) / (ONE + bonus + sum((number(right, "ratio") for right in chosen), Fraction()))
    for n, right in enumerate(rights):
        if (cost(right) < price) != (n in taken):
            return None
    return price, ONE + bonus + sum((number(right, "ratio") for right in chosen if counted(right)), Fraction())
