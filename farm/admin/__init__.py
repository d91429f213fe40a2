"""The staff's side of the ground: people, money, messages and work that waits."""

from farm.admin import messages, money, people

__all__ = ["messages", "money", "people"]
