"""One calm face over the three sites: page, components, form markup, styles."""
