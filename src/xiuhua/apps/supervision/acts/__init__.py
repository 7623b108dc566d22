"""What the acts on drives are made of: counting."""
