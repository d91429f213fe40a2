"""The customer's account over REST."""
