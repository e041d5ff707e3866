"""The reckoning of a retirement (退休测算): pure functions of birth month, record and a province's terms.

`sheet.reckon` is the whole of it; `ages` and `pension` are the two halves, each with its official source.
"""
