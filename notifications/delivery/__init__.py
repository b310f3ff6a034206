"""Delivery: claiming due notices under a lease, checking, handing over, recording the outcome."""
