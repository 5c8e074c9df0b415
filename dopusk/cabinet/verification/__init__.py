"""Public verification: «may this person practise this specialty today?», asked by number and code."""
