"""How the styles and fonts are made: `python -m dopusk.web.design.build`. Needs the group `node`, no Django."""
