"""Prices of officials and places, and a bound no answer can beat: column generation.

The linear programme over the teams known prices officials and places; pricing finds the teams
worth more than their price. When none is left, its value is a bound; on the way every exact pass
gives one, though a weaker one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from companion.matching.bound import lagrange_bound
from companion.matching.instance import Floats, Instance
from companion.matching.master import Column, Master, Prices
from companion.matching.pricing import Pricer
from companion.matching.run import EPSILON, Run
from companion.matching.search import Guide

# Duties the linear programme leaves open below this are the solver's last digits.
UNMET = 1e-3
# Listing more teams than this for the proof takes more memory and time than it is worth.
MOST_COLUMNS = 60_000


class Generation:
    """The linear programme of one run, its best bound, and the prices last looked at exactly.

    `impossible` tells that there is proven to be no legal answer.
    """

    def __init__(
        self, instance: Instance, pricer: Pricer, run: Run, *, gentle: bool = False
    ) -> None:
        self.instance, self.pricer, self.run = instance, pricer, run
        self.master = Master(instance, gentle=gentle)
        self.rows: list[int] = np.flatnonzero(~instance.out).tolist()
        self.bound = np.inf
        self.prices: Prices | None = None
        self.guide: Guide | None = None
        self.impossible = False

    def generate(
        self, close: float, value: int | None, *, any_answer: bool = False, spare: float = 0.0
    ) -> bool:
        """Column generation; True once no team is left that is worth more than its price.

        Ends early, with False, where the bound is within the share `close` of the programme, or
        where only the seconds to `spare` are left.
        """
        run = self.run
        while run.goes_on() and run.left > spare:
            prices = self.master.prices(run.left)
            if prices is None:
                return False
            run.tell("prices", value, self.bound)
            best, added = self._sweep(prices)
            if any_answer and prices.unmet < UNMET and self.guide is not None:
                return False
            if added > self.instance.count // 4:
                continue
            if self.master.gentle:
                self.master.harden()
                continue
            added += self._exact_pass(prices, best)
            if not added:
                self.impossible = prices.unmet >= UNMET
                return not self.impossible
            near = self.bound - prices.value <= close * abs(self.bound)
            if near and prices.unmet < UNMET:
                return False
        return False

    def _sweep(self, prices: Prices) -> tuple[Floats, int]:
        """Good teams of every challenge that are worth more than their price.

        Returns the best net worth found for each challenge and how many teams are new.
        """
        found = np.full(len(self.instance.challenges), -np.inf)
        added = 0
        for r in self.rows:
            priced = self.pricer.quick(r, self.price_row(prices, r))
            found[r] = priced.best
            good = priced.net > prices.places[r] + EPSILON
            if good.any():
                added += self.master.add(r, priced.teams[good], priced.values[good])
        return found, added

    def _exact_pass(self, prices: Prices, best: Floats) -> int:
        """Find all that is missing at these prices, and the bound; returns how many are new."""
        net = np.full(len(self.instance.challenges), -np.inf)
        added = 0
        for r in self.rows:
            if not self.run.goes_on():
                return added
            threshold = max(prices.places[r], best[r]) + EPSILON
            priced = self.pricer.exact(r, self.price_row(prices, r), threshold, 8)
            net[r] = max(threshold, priced.best)
            if len(priced.net):
                added += self.master.add(r, priced.teams, priced.values)
        bound = lagrange_bound(self.instance, net, prices.constant)
        self.bound = min(self.bound, bound)
        self.prices = prices
        self.guide = Guide(prices.officials, prices.places, net)
        return added

    def bound_at(self, officials: Floats) -> None:
        """A certified bound at prices that no linear programme has given."""
        constant = float((officials * self.instance.capacity).sum())
        nothing = np.full(len(self.instance.challenges), -np.inf)
        prices = Prices(np.inf, 0.0, officials, 0.0, nothing, constant)
        best, _ = self._sweep(replace(prices, places=-nothing))
        self._exact_pass(prices, best)
        if self.guide is not None:
            self.prices = replace(prices, places=self.guide.net)
            self.guide = replace(self.guide, places=self.guide.net)

    def listed(
        self, prices: Prices | None, slack: float, most: int = MOST_COLUMNS
    ) -> list[Column] | None:
        """Every team whose slack is at most the given; None if there are too many."""
        columns: list[Column] = []
        if prices is None:
            return columns
        for r in self.rows:
            if not self.run.goes_on():
                return None
            threshold = prices.places[r] - slack - EPSILON
            priced = self.pricer.exact(r, self.price_row(prices, r), threshold)
            columns += [
                (r, tuple(team), value)
                for team, value in zip(priced.teams.tolist(), priced.values.tolist(), strict=True)
            ]
            if len(columns) > most:
                return None
        return columns

    def price_row(self, prices: Prices, r: int) -> Floats:
        if prices.stay and r in self.instance.kept:
            officials = prices.officials.copy()
            officials[self.instance.kept[r]] -= prices.stay
            return officials
        return prices.officials
