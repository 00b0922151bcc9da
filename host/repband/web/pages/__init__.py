"""The pages around a session: each exercise's page, trends, and the form that writes a plan. Rendered by the server."""

from repband.web.pages.routes import make_pages_app, page_routes

__all__ = ["make_pages_app", "page_routes"]
