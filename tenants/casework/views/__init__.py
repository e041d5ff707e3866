"""The pages and papers of casework."""
