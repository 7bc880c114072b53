"""companion: runs the programme 地方創生伴走支援制度."""
