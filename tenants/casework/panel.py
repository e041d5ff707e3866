"""The parts of casework on a matter's page."""
