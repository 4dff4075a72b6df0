"""DNS rebinding, as a browser does it: a page whose name is led to this machine after it was loaded."""

import pytest

from onrecord.index.values import Draft
from onrecord.service.http.app import create_app
from onrecord.service.settings import Settings
from tests.browser.chromium import FLAGS
from tests.browser.conftest import CHROMIUM
from tests.service.serving import serving

pytestmark = pytest.mark.slow

ATTACK = """async () => {
  const send = async (path, options) => (await fetch(path, options)).status;
  const headers = { "Content-Type": "application/json" };
  const form = new FormData();
  form.append("files", new File(["Rebound\\n\\nA page of another site added this."], "rebound.txt"));
  return [
    await send("/articles"),
    await send("/articles", { method: "POST", headers, body: JSON.stringify({ text: "Rebound.", source_name: "r" }) }),
    await send("/articles", { method: "POST", body: form }),
    await send("/ask", { method: "POST", headers, body: JSON.stringify({ question: "Who leads the delegation?" }) }),
    await send("/articles/ARTICLE", { method: "DELETE" }),
  ];
}"""


@pytest.fixture(scope="module")
def misled(browser):
    """A browser for which evil.example is this machine."""
    rule = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    # Newer browsers ask the reader before a page may reach this machine; the service must not count on that.
    unasked = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, rule, unasked])
    yield launched
    launched.close()


@pytest.mark.parametrize(("hosts", "statuses"), [((), [403] * 5), (("evil.example",), [200, 201, 201, 200, 204])])
def test_a_page_whose_name_was_led_here_is_refused(misled, archive_of, hosts, statuses) -> None:
    """It can neither read, add nor remove; it could all, if its name were one of the service."""
    with archive_of() as parts, serving(create_app(parts, Settings(hosts=hosts))) as address:
        (added,) = parts.indexer.add([Draft(text="The harbour opens on Monday.", source_name="h.txt")])
        page = misled.new_page()
        home = address.replace("127.0.0.1", "evil.example") + "/"
        page.route(home, lambda route: route.fulfill(content_type="text/html", body="<title>Evil</title>"))
        page.goto(home)
        assert page.evaluate(ATTACK.replace("ARTICLE", added.article.id)) == statuses
        held = [info.source_name for info in parts.archive.articles(limit=9)[0]]
        assert (held == ["h.txt"]) is (not hosts)
        page.close()
