"""The visitor's pages: each translates a request in, calls one story and translates its answer out."""
