"""Claiming, checking, sending and settling of notices that are due."""
