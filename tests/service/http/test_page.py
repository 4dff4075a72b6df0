import re

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_the_page_loads_nothing_but_its_own_files(client: httpx.AsyncClient) -> None:
    """The page names only files that are served, under a policy that allows no other and nothing inline."""
    page = await client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sorted(named) == ["page.css", "page.js"]
    for name in named:
        file = await client.get(f"/{name}")
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(("text/css", "text/javascript"))


async def test_the_script_never_sets_markup(client: httpx.AsyncClient) -> None:
    """What comes from an article can only ever become text: the script uses no way to set markup."""
    script = (await client.get("/page.js")).text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
