"""The customer's own pages, behind a code sent to a phone or mail address."""
