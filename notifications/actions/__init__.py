"""The actions that write: consents, addresses, preferences, retention."""
