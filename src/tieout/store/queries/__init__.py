"""All reads, one module per subject. Every function takes the company and asks for nothing else's."""
