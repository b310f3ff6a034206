"""Changes to accounts: one transaction each."""
