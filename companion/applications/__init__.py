"""Applications: the challenges of municipalities and the officials who want to take part."""
