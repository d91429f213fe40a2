"""A Redis cache that may be away: what it does not know is a miss, and nobody waits for it."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
Method = TypeVar("Method", bound=Callable[..., Any])


def _or_else(missing: Any) -> Callable[[Method], Method]:
    def forgiving(method: Method) -> Method:
        @wraps(method)
        def attempt(*args: Any, **options: Any) -> Any:
            try:
                return method(*args, **options)
            except RedisError as error:
                log.warning("cache is away: %s", error)
                return missing() if callable(missing) else missing

        return cast(Method, attempt)

    return forgiving


class _KeptClients(RedisCacheClient):
    """Django's client, except that the farm's one server is spoken to by one client: making it anew for each word
    was a tenth of a sold-out answer."""

    def __init__(self, *servers: Any, **options: Any) -> None:
        super().__init__(*servers, **options)
        self._kept: Any = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, except that a server that is away or hangs counts as empty."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClients

    add = _or_else(True)(RedisCache.add)
    set = _or_else(None)(RedisCache.set)
    touch = _or_else(False)(RedisCache.touch)
    delete = _or_else(False)(RedisCache.delete)
    has_key = _or_else(False)(RedisCache.has_key)
    incr = _or_else(1)(RedisCache.incr)
    get_many = _or_else(dict)(RedisCache.get_many)
    set_many = _or_else(list)(RedisCache.set_many)
    delete_many = _or_else(None)(RedisCache.delete_many)
    clear = _or_else(False)(RedisCache.clear)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as error:
            log.warning("cache is away: %s", error)
            return default
