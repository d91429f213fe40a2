"""A telephone that one test hands on to the next: the next one finds nothing in it."""

from tests import browser

pytestmark = browser.MARKS
PLAIN = "healthz/live"  # a page of the farm without scripts
WRITE = """async () => {
  document.cookie = "basket=kyoho-2500:2";
  localStorage.name = sessionStorage.name = "李小红";
  await new Promise((done) => { indexedDB.open("beizhen-gate").onsuccess = done; });
  await navigator.serviceWorker.register("/worker.js");
  await navigator.serviceWorker.ready;
}"""
READ = """async () => [
  document.cookie,
  localStorage.length + sessionStorage.length,
  (await indexedDB.databases()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
  (await caches.keys()).length,
  navigator.onLine,
]"""


def test_a_telephone_that_is_handed_on_knows_nothing_any_more(live_server):
    with browser.a_telephone(keeps_a_worker=True) as phone:
        page = phone.new_page()
        page.goto(f"{live_server.url}/{PLAIN}")
        page.evaluate(WRITE)
        left = page.evaluate(READ)
        phone.set_offline(True)

    with browser.a_telephone(keeps_a_worker=True) as same:
        page = same.new_page()
        page.goto(f"{live_server.url}/{PLAIN}")
        found = page.evaluate(READ)

        assert same is phone
    assert left == ["basket=kyoho-2500:2", 2, 1, 1, 1, True]
    assert found == ["", 0, 0, 0, 0, True]
