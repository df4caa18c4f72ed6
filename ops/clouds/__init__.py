"""The services' APIs: what is asked of each, and what its refusals mean."""
