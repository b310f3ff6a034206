"""Voices and pictures: how they travel, and who may send them."""
