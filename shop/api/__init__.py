"""The shop's REST doors: the catalogue, a customer's order, the staff's day."""
