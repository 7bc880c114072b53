"""Official Excel workbooks, all from one store of figures."""
