"""Static files of a farm on a server: named by their content, so that browsers and proxies keep them for ever."""

from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage as Manifest

_, _MODULE_IMPORTS = Manifest._js_module_import_aggregation_patterns


class HashedFiles(Manifest):
    """Names with a hash once `collectstatic` has run; plain names, served for an hour, until then."""

    # Our modules import each other, and a page must not mix an old one with a new one. Not those of others: Django
    # takes words in their comments for imports.
    patterns = (*Manifest.patterns, ("beizhen/*.js", _MODULE_IMPORTS), ("tours/*.js", _MODULE_IMPORTS))

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name

    def create_compressor(self, **words: Any) -> Compressor:
        """Not for maps of other people's modules, which no page asks for: they took half of all the time."""
        return Compressor(**{**words, "extensions": (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")})


class Collected(StaticFilesConfig):
    """Django's application, but `collectstatic` leaves out what belongs to pages that we do not show."""

    ignore_patterns = (*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework")
