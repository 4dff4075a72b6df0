"""The interface's documentation, on a desk with no network."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_the_documentation_is_there_without_the_network(open_page, shared_service) -> None:
    """Every operation stands on `/docs`, which asks for nothing but what the service itself has."""
    service, _ = shared_service("")
    page = open_page(f"{service}/docs")
    expect(page.locator("[id$=ask_post]").first).to_be_visible()
    assert page.locator(".opblock").count() > 10
