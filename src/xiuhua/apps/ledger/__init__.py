"""Problems of every source, rectification, strike-off on evidence (台账、销号).

Owns problems, their tasks and the events behind them. What found a problem (a
shortfall, a check, a visit) is text, so that nothing lower depends on it.
"""
