"""Documents that wopo writes: a purchase order as PDF, as UBL and as e-mail. Pure: from the paper
of a read model to bytes."""
