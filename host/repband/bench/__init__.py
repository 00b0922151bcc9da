"""The public yardstick: counts whole folders of labelled recordings and says how well."""
