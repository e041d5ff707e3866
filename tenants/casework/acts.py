"""Puts this app's forms and actions behind their transitions, and says how its acts are told."""
