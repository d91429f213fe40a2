"""Static files: plain names on an embedded farm, names by content that are kept for ever on a server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.templatetags.static import static
from django.test import Client

from shop.models import ShipDate
from tests.builders import a_shop
from tests.staff import a_boss, list_of

pytestmark = pytest.mark.once("files are the same beside any database")
ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("beizhen", "farm", "shop", "tours")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
FOR_EVER = "max-age=315360000, public, immutable"


@pytest.fixture
def unprepared(settings, tmp_path):
    """A server on which nobody has run collectstatic."""
    _on_a_server(settings, tmp_path / "none")


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """What the image is built with."""
    home = tmp_path_factory.mktemp("static")
    surroundings = {**os.environ, "BEIZHEN_VAR": str(home / "var"), "STATIC_ROOT": str(home / "root")}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput"]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return home / "root"


@pytest.fixture
def prepared(settings, collected):
    _on_a_server(settings, collected)
    settings.WHITENOISE_USE_FINDERS = False
    return Client()


def _on_a_server(settings, root: Path) -> None:
    settings.STATIC_ROOT = str(root)
    settings.WHITENOISE_AUTOREFRESH = False
    backends = {"staticfiles": {"BACKEND": "beizhen.static_files.HashedFiles"}}
    settings.STORAGES = {**settings.STORAGES, **backends}


def named_in(text: str) -> set[str]:
    return set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text))


def named_in_templates() -> set[str]:
    """What templates name whole; of a drawing whose name a variety or a season says, none."""
    texts = [page.read_text() for room in ROOMS for page in (ROOT / room).rglob("*.html")]
    return {name for text in texts for name in re.findall(r"""{% static ["']([^"']+)["']\s""", text)}


def test_an_unprepared_server_serves_plain_names(unprepared):
    assert static("beizhen/site.css") == "/static/beizhen/site.css"


@pytest.mark.django_db
def test_an_embedded_farm_serves_its_files_without_collectstatic(client):
    page = client.get("/").content.decode()

    assert named_in(page)
    for address in named_in(page):
        assert client.get(address).status_code == 200, address


@pytest.mark.slow
@pytest.mark.django_db
def test_every_file_of_every_kind_of_page_is_kept_for_ever(prepared):
    a_shop()
    a_boss(prepared)
    pages = ["/", "/api/docs", "/staff/", "/staff/password_change/", list_of(ShipDate)]
    addresses = {address for page in pages for address in named_in(prepared.get(page).content.decode())}

    assert len(addresses) > 10
    assert [address for address in addresses if not HASHED.search(address)] == []
    for address in addresses:
        answer = prepared.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_EVER), address


@pytest.mark.slow
def test_every_file_that_a_template_names_was_collected(prepared):
    names = {name for name in named_in_templates() if Path(name).suffix}  # or what follows is said by a row

    assert names
    assert [name for name in names if not HASHED.search(static(name))] == []


@pytest.mark.slow
def test_our_modules_and_styles_name_each_other_by_content(collected):
    [form] = collected.glob("beizhen/order-form.????????????.js")
    [paste] = collected.glob("beizhen/paste.????????????.js")

    assert f"./{paste.name}" in form.read_text()
    assert form.with_name(form.name + ".gz").exists()


@pytest.mark.slow
def test_plain_names_are_kept_for_an_hour(prepared):
    answer = prepared.get("/static/beizhen/site.css")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "max-age=3600, public")


def test_modules_that_import_each_other_name_them_by_content(collected):
    """The gate keeps hashed names for the hours without network: a plain one would not be there."""
    hashed = [
        path for room in ("beizhen", "tours") for path in (collected / room).rglob("*.js") if HASHED.search(path.name)
    ]

    imported = [name for path in hashed for name in re.findall(r'from\s*"(\./[^"]+)"', path.read_text())]

    assert imported
    assert [name for name in imported if not HASHED.search(name)] == []


def test_what_no_page_of_ours_shows_is_not_collected(collected):
    assert (collected / "drf_spectacular_sidecar" / "swagger-ui-dist").is_dir()
    assert not (collected / "drf_spectacular_sidecar" / "redoc").exists()
    assert not (collected / "rest_framework").exists()
