"""ФРМР: the federal register of health workers."""
