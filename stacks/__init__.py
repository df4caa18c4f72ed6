"""What is deployed together and shares one state."""
