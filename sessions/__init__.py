"""What happens in one live meeting."""
