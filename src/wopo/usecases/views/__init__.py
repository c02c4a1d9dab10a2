"""What screens show: frozen read models, each made by a constant number of queries."""
