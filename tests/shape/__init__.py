"""The shape of the house: rules that hold for every part, whoever writes it."""
