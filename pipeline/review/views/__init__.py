"""The pages of the desk: what each address answers."""
