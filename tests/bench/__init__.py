"""The budgets of docs/architecture.md, measured against what people use today: `python -m bench`."""
