"""Changes to calendar feeds."""
