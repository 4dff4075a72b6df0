"""The HTTP face of the service: `app.create_app` is its table of contents."""
