"""Forms about accounts, and errors of actions shown on forms."""
