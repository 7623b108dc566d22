"""Acts of the exchange, a module per thing they act on."""
