"""The public directory of meetings, and the exchange formats of meeting lists."""
