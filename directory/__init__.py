"""The public directory of meetings, and the exchange formats it is read from."""
