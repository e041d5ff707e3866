"""What casework keeps: materials, consents and evidence, guidance."""
