"""Control questions: what only she, and the registers, should know of her."""
