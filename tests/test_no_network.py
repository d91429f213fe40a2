"""The worker that keeps one page for hours without network: its door, what it keeps, and whom it leaves alone."""

import re

import pytest
from django.template.loader import get_template
from django.test import Client

from beizhen import no_network

pytestmark = pytest.mark.once("files and templates are the same beside any database")
WORKER = "/worker.js"


def words_of(client: Client) -> str:
    answer = client.get(WORKER)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    return answer.content.decode()


def list_of(words: str, name: str) -> list[str]:
    found = re.search(rf"const {name} = [\[{{](.+?)[\]}}];", words)
    assert found
    return re.findall(r'"(/[^"]*)"', found[1])


def test_the_worker_may_look_after_all_pages_and_is_asked_for_again_each_time(client):
    answer = client.get(WORKER)

    assert answer["Cache-Control"] == "no-cache"
    assert client.get(WORKER, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert f'data-worker="{WORKER}"' in client.get("/offline/").content.decode()


def test_it_keeps_its_own_page_and_files_and_nothing_else(client):
    words = words_of(client)
    pages, files = list_of(words, "PAGES"), list_of(words, "FILES")

    assert [re.sub(r"^/(zh-hans|en)", "", page) for page in pages] == ["/offline/", "/offline/sent/"] * 2
    assert len(files) == len(no_network.FILES)
    assert all(file.startswith("/static/") for file in files)
    for address in (*pages, *files):
        assert client.get(address).status_code == 200, address
    assert "kept.put" not in words


def test_the_page_is_drawn_with_nothing_that_is_not_kept(client):
    page = client.get("/offline/").content.decode()

    drawn = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    assert drawn <= set(list_of(words_of(client), "FILES"))
    assert "csrf" not in page


def test_it_leaves_the_gate_the_staff_and_programs_alone(client):
    assert list_of(words_of(client), "TOOLS") == ["/gate/", "/staff/", "/api/", "/healthz/", "/payments/"]


def test_a_late_answer_is_waited_for_where_nothing_is_kept_and_dropped_where_something_is(client):
    words = words_of(client)

    assert "Response.error" not in words
    assert "if (!kept) return answer;" in words
    assert "late.body?.cancel()" in words


def test_another_page_or_file_makes_another_worker(monkeypatch, tmp_path):
    before = no_network._version()
    other = tmp_path / "site.css"
    other.write_text("body {}")
    monkeypatch.setattr(no_network.finders, "find", lambda name: str(other))

    assert no_network._version() != before
    assert re.fullmatch(r"[0-9a-f]{12}", before)


def test_what_was_being_sent_is_not_called_safe(client):
    asked, sent = (client.get(path).content.decode() for path in ("/offline/", "/offline/sent/"))

    assert "Your order is safe, and nothing was sent" in asked
    assert "nothing is ordered or paid twice" in sent
    assert "nothing was sent" not in sent


@pytest.mark.parametrize("name", ["beizhen/offline", "400"])
def test_the_pages_need_neither_request_nor_database(name, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert "<main" in get_template(f"{name}.html").render()
