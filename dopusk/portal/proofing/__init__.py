"""Proving who a person is: registers, control questions, an operator's eyes; and taking the proof away again."""
