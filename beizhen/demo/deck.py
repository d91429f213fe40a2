"""What happens to so many of a hundred, as a deck of cards."""

import random
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

Card = TypeVar("Card", bound=Hashable)


class Deck(Generic[Card]):
    """Deals its cards in a random order and begins anew when all are dealt: what is rare comes all the same."""

    def __init__(self, copies: Mapping[Card, int], dice: random.Random) -> None:
        self._cards = [card for card, many in copies.items() for _ in range(many)]
        self._dice = dice
        self._left: list[Card] = []

    def deal(self) -> Card:
        if not self._left:
            self._left = self._dice.sample(self._cards, len(self._cards))
        return self._left.pop()
