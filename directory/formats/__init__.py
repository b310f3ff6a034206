"""Formats that others speak, read and written at the edge of the house."""
