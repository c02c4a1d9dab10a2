"""wopo: maintenance work orders joined to purchase orders, worked from Slack."""
