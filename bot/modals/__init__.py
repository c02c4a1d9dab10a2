"""Forms, one module per concept: ``build`` makes the view from a view model, ``parse`` reads the
submitted state into a command or field errors. Both are pure."""
