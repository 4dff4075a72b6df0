"""A newspaper that carries the widget on its own site."""
