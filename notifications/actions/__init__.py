"""The verbs: allow, choose, withdraw, confirm an address."""
