"""Wires the product together; nothing else imports it."""
