import httpx
import pytest

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
