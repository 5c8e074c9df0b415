"""НСИ: dictionaries of specialties, positions, regions, kinds of documents, levels of education."""
