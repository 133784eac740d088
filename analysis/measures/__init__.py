"""Measures: trial table in, table of results out; nothing is read, written or drawn here."""
