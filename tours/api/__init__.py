"""The visits' REST doors: what the farm offers, a party's booking, the waiting line, the staff's week."""
