import re

import httpx
import pytest

from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from onrecord.service.wiring import Parts

pytestmark = pytest.mark.anyio


async def test_every_operation_and_every_error_is_documented(client: httpx.AsyncClient) -> None:
    """The document names every path of the contract, and each error of each operation as problem+json."""
    document = (await client.get("/openapi.json")).json()
    operations = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {
        ("POST", "/ask"),
        ("POST", "/search"),
        ("POST", "/verify"),
        ("POST", "/articles"),
        ("GET", "/articles"),
        ("GET", "/articles/{article_id}"),
        ("DELETE", "/articles/{article_id}"),
        ("GET", "/articles/{article_id}/quotations"),
        ("GET", "/quotations"),
        ("GET", "/suggestions"),
        ("GET", "/key"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/{model}"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/metrics"),
    }
    for name, operation in operations.items():
        assert operation["summary"], name
        errors = {s: list(r["content"]) for s, r in operation["responses"].items() if s >= "400"}
        assert {"401", "413", "422", "500", "503"} <= set(errors), name
        assert all(content == ["application/problem+json"] for content in errors.values()), name


async def test_the_document_says_what_a_value_may_be(seeded: Parts) -> None:
    """Limits, that a question shows something, and dates stand in the schemas, so that a client can check before."""
    schemas = create_app(seeded, Settings(max_question=300, max_limit=7)).openapi()["components"]["schemas"]
    asked = schemas["AskIn"]["properties"]
    assert asked["question"]["maxLength"] == 300
    assert asked["limit"]["anyOf"][0]["maximum"] == 7
    for text, shows in [("why?", True), ("中", True), ("", False), (" \u200b\u00a0\n\x00", False)]:
        assert bool(re.search(asked["question"]["pattern"], text)) is shows
    assert {"format": "date"} in schemas["FiltersIn"]["properties"]["published_after"]["anyOf"][0]["anyOf"]
    article = schemas["ArticleIn"]["properties"]["text"]
    for text, stored in [("A text.\n", True), ("\ufeff \n", False), ("A\x00text", False)]:
        assert bool(re.search(article["pattern"], text)) is stored


async def test_the_examples_run(client: httpx.AsyncClient, empty: httpx.AsyncClient) -> None:
    """Every example of a request in the document is taken as it stands."""
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    ran = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if not content:
                continue
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            examples = [content["example"]] if "example" in content else schemas[name]["examples"]
            for example in examples:
                response = await empty.request(method, path, json=example)
                assert response.status_code < 300, (path, response.text)
                ran.append(path)
    assert sorted(ran) == ["/articles", "/ask", "/search", "/v1/chat/completions", "/verify"]


@pytest.mark.parametrize(
    ("settings", "needed"), [(Settings(), None), (Settings(api_keys=("a-key-of-mine",)), [{"key": []}])]
)
async def test_the_document_names_keys_tags_and_servers(seeded: Parts, settings: Settings, needed: object) -> None:
    """The scheme of the key is always there, and operations ask for it where the service does; health never does."""
    document = create_app(seeded, settings).openapi()
    assert document["components"]["securitySchemes"]["key"].items() >= {("type", "http"), ("scheme", "bearer")}
    assert document["servers"] == [{"url": "./", "description": "This service"}]
    told = {tag["name"] for tag in document["tags"] if tag["description"]}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert set(operation["tags"]) <= told
            assert operation.get("security") == (None if path.startswith(("/health", "/metrics")) else needed)
