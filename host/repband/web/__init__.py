"""The live page: one state object folded from events, served to a few browsers; the page only draws it."""
