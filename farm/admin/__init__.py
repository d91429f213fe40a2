"""The staff's side of the ground: people, money, messages and work that waits."""

from farm.admin import books, messages, money, people

__all__ = ["books", "messages", "money", "people"]
