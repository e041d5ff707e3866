"""What is read of casework."""
