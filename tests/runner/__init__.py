"""What is behind `make test`: the checks are in noxfile.py, here is what they run on and what came of them."""
