"""HTTP in: authenticate, decode, order and de-duplicate, acknowledge what is stored."""
