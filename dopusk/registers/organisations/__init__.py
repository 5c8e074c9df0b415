"""ФРМО: the federal register of medical organisations."""
