"""Settings of the farm's site: one file, every difference between deployments is an environment variable.

With no variable set the farm runs embedded: SQLite, a folder as broker and cache, the practice cashier. Any variable
NAME may also come from a file named by NAME_FILE.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from beizhen.admin_site import UNFOLD as UNFOLD
from beizhen.environment import Environment
from beizhen.first_start import fresh_ticket_key, kept_secret
from beizhen.openapi import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from beizhen.rounds import ROUNDS, every
from farm.security import TICKET_KEY

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("BEIZHEN_VAR", str(BASE_DIR / "var")))
try:
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(f"BEIZHEN_VAR must name a folder that can be made and written to: {error}") from error

DATABASE_URL = env.address("DATABASE_URL", ("postgres", "postgresql"))
REDIS_URL = env.address("REDIS_URL", ("redis", "rediss", "redis+socket", "sentinel", "unix"))
CACHE_URL = env.address("CACHE_URL", ("redis", "rediss", "unix"))
EMBEDDED = not DATABASE_URL

DEBUG = env.is_on("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not EMBEDDED:
        raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE): the same for all web and worker processes.")
    SECRET_KEY = kept_secret(VAR / "secret_key")
_MADE = "as `manage.py ticket_key` prints one"
TICKET_KEYS = env.names("TICKET_KEYS")
"""`id:seed` of the keys that sign tickets: the first signs, all verify, so a new one is put before the old ones."""
if not TICKET_KEYS:
    if not EMBEDDED:
        raise ImproperlyConfigured(f"Set TICKET_KEYS (or TICKET_KEYS_FILE), {_MADE}.")
    TICKET_KEYS = [kept_secret(VAR / "ticket_key", fresh_ticket_key).strip()]
_ids = {key.split(":")[0] for key in TICKET_KEYS if TICKET_KEY.fullmatch(key)}
if len(_ids) < len(TICKET_KEYS):
    raise ImproperlyConfigured(f"TICKET_KEYS (or {VAR}/ticket_key): a comma list of `id:seed`, each id once, {_MADE}.")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
BEHIND_TLS = env.is_on("BEHIND_TLS", default=False)
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "beizhen.apps.StaffConfig",  # only the web server loads the staff's pages: see urls.py
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "beizhen.static_files.Collected",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "axes",
    "csp",
    "import_export",
    "beizhen",
    "farm",
    "shop",
    "tours",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "beizhen.middleware.SmallTexts",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "beizhen.middleware.WholeBodies",
    "shop.api.turnstile.Turnstile",
    "beizhen.middleware.SitePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "beizhen.middleware.LanguageOfThePath",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "beizhen.middleware.WhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "beizhen.middleware.TryLater",
]
ROOT_URLCONF = "beizhen.urls"
WSGI_APPLICATION = "beizhen.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "beizhen" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "beizhen.web_addresses.here",
            ]
        },
    }
]


def _sqlite() -> dict[str, Any]:
    """SQLite where two writers queue: the write lock is taken at BEGIN, never half-way, and a commit is on disk."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "beizhen.sqlite3",
        # A new connection reads the whole schema first, 3 ms, and with it what was counted at night (decision 0049).
        "CONN_MAX_AGE": 3600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "cached_statements": 512,  # with 128 a quarter of the time in SQLite went into planning what was known
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;",
        },
        "TEST": {"NAME": VAR / "test.sqlite3"},
    }


def _postgres() -> dict[str, Any]:
    """PostgreSQL through a bounded pool, with limits so that no statement or lock can hold a request for ever."""
    longest_ms = env.whole("STATEMENT_TIMEOUT_MS", 5000)  # 0 for migrations, which may take their time
    limits = f"-c statement_timeout={longest_ms} -c lock_timeout=4000 -c idle_in_transaction_session_timeout=15000"
    pool = {"min_size": 1, "max_size": env.whole("DATABASE_POOL", 8, least=1), "timeout": 5}
    database: dict[str, Any] = env.parts("DATABASE_URL", env.db_url_config)
    prepare_after = env.whole("DATABASE_PREPARE_AFTER", 1, least=-1)  # farm.rows only; -1: never, for an old PgBouncer
    database["OPTIONS"] = {
        **database.get("OPTIONS", {}),  # what the URL asks for after its question mark: ?sslmode=verify-full
        "pool": pool,
        "options": limits,
        "prepare_threshold": prepare_after if prepare_after >= 0 else None,
    }
    database["PASSWORD"] = env.text("DATABASE_PASSWORD", database.get("PASSWORD", ""))
    return database


DATABASES = {"default": _sqlite() if EMBEDDED else _postgres()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": (
        {
            "BACKEND": "farm.cache.ForgivingRedisCache",
            "LOCATION": CACHE_URL,
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        }
        if CACHE_URL
        else {"BACKEND": "farm.file_cache.ForgivingFileCache", "LOCATION": VAR / "cache"}
    )
}

QUEUES = ("orders", "packing", "messages")
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT = None if REDIS_URL else "farm.file_bell:Transport"
_BELL_FOLDER = VAR / "bell"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 300,  # twice the longest task and more; a lease in the row rules anyway
        "unacked_restore_interval": 5,
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(_BELL_FOLDER),
        "data_folder_out": str(_BELL_FOLDER),
        "control_folder": str(_BELL_FOLDER / "control"),
        "polling_interval": 0.05,  # also the pause while both pool processes are busy: 0.2 allowed ten tasks a second
    }
)
if not REDIS_URL:
    (_BELL_FOLDER / "control").mkdir(parents=True, exist_ok=True)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "orders"
CELERY_TASK_ROUTES = {
    "shop.tasks.label": {"queue": "packing"},
    "shop.tasks.pick": {"queue": "packing"},
    "shop.tasks.pack": {"queue": "packing"},
    "shop.tasks.ship": {"queue": "packing"},
    "farm.tasks.send_notice": {"queue": "messages"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"


JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 60, least=1)
"""After so long a job that a worker began and did not finish is anybody's again."""
CELERY_BEAT_SCHEDULE = dict(ROUNDS)
CELERY_BEAT_SCHEDULER = "beizhen.last_rounds:RememberingScheduler"
BELL_RINGS = env.is_on("BELL_RINGS", default=True)

AUTH_USER_MODEL = "farm.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "farm.sessions.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME = 8, 0.25  # hours
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_CLIENT_IP_CALLABLE = "beizhen.middleware.caller_of"
LOGIN_URL, LOGIN_REDIRECT_URL = "/staff/login/", "/staff/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "beizhen" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(VAR / "static"))
_PREPARES_STATIC = not EMBEDDED or bool(env.text("STATIC_ROOT"))
"""`collectstatic` names files by their content. It takes seconds, so the embedded farm serves them as they are."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.text("PRIVATE_ROOT", str(VAR / "private")),
            "base_url": None,  # no address leads there: staff see what lies in it through the admin
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "beizhen.static_files.HashedFiles"
        if _PREPARES_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not (_PREPARES_STATIC and Path(STATIC_ROOT).is_dir())
WHITENOISE_MAX_AGE = 3600  # of plain names; those with a hash are kept for ever

FILE_UPLOAD_HANDLERS = [
    "farm.api.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 10

SESSION_ENGINE = "farm.sessions"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["farm.api.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["farm.api.OrjsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "farm.api.problem_of",
    "DEFAULT_THROTTLE_RATES": {
        "order": env.rate("THROTTLE_ORDER", "12/min"),
        "order-ip": env.rate("THROTTLE_ORDER_IP", "300/min"),
        "book": env.rate("THROTTLE_BOOK", "12/min"),
        "book-ip": env.rate("THROTTLE_BOOK_IP", "300/min"),
        "find-order": env.rate("THROTTLE_FIND_ORDER", "10/min"),
        "find-number": env.rate("THROTTLE_FIND_NUMBER", "5/hour"),
        "code": env.rate("THROTTLE_CODE", "2/min"),
        "code-ip": env.rate("THROTTLE_CODE_IP", "30/hour"),
        "code-network": env.rate("THROTTLE_CODE_NETWORK", "300/hour"),
        "sign-in-ip": env.rate("THROTTLE_SIGN_IN_IP", "60/hour"),
        "staff-name": env.rate("THROTTLE_STAFF_NAME", "100/day"),
        "report-ip": env.rate("THROTTLE_REPORT_IP", "12/min"),
        "read": env.rate("THROTTLE_READ", "600/min"),
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": None,
}

KEEP_DONE_WORK_DAYS = env.whole("KEEP_DONE_WORK_DAYS", 14)
KEEP_NOTICES_DAYS = env.whole("KEEP_NOTICES_DAYS", 90)
"""Notices sent, and sign-ins: they hold personal data."""
KEEP_REQUESTS_DAYS = env.whole("KEEP_REQUESTS_DAYS", 3)
"""How long the same Idempotency-Key leads to the same order; the API promises 72 hours."""
GLANCE_SECONDS = env.number("GLANCE_SECONDS", 1.0)
LIVE_SECONDS = env.number("LIVE_SECONDS", 4.0)
SIGN_IN_DAYS = env.whole("SIGN_IN_DAYS", 30, least=1)
"""How long a customer stays signed in on a device."""
HOLD_MINUTES = env.whole("HOLD_MINUTES", 15, least=1)
UNPAID_UNITS_PER_PHONE = env.whole("UNPAID_UNITS_PER_PHONE", 100)
"""So many packing units may several unpaid orders of one phone hold together; 0: as many as there are."""
UNPAID_MESSAGES_PER_DAY = env.whole("UNPAID_MESSAGES_PER_DAY", 10)
"""So many messages about what nobody has paid go to one phone or mail address within 24 hours; 0: any number."""
BOX_OFFER_MINUTES = env.whole("BOX_OFFER_MINUTES", 15, least=1)
DAMAGE_REPORT_HOURS = env.whole("DAMAGE_REPORT_HOURS", 48, least=1)
DAMAGE_ANSWER_HOURS = env.whole("DAMAGE_ANSWER_HOURS", 24, least=1)
KEEP_PHOTOS_DAYS = env.whole("KEEP_PHOTOS_DAYS", 90)
"""How long photos of damaged fruit are kept after the customer got an answer."""
BOOKING_HOLD_MINUTES = env.whole("BOOKING_HOLD_MINUTES", 20, least=1)
ARRIVAL_BOOKINGS_PER_PHONE = env.whole("ARRIVAL_BOOKINGS_PER_PHONE", 2)
"""So many coming visits that are paid on arrival, and are not paid yet, may one phone number have."""
RAIN_ANSWER_HOURS = env.whole("RAIN_ANSWER_HOURS", 48, least=1)
RAIN_OTHERWISE = env.one_of("RAIN_OTHERWISE", "refund", ("refund", "credit"))
"""What parties get that do not answer: `refund` or `credit`."""
WAITING_OFFER_MINUTES = env.whole("WAITING_OFFER_MINUTES", 30, least=1)
VISITORS_PER_DAY = env.whole("VISITORS_PER_DAY", 300)
SLOTS_AHEAD_DAYS = env.whole("SLOTS_AHEAD_DAYS", 120, least=1)
"""So far ahead visits can be booked: slots are made from the schedule's rules until then."""
PAYMENT_PROVIDERS = env.names("PAYMENT_PROVIDERS", ["practice"] if EMBEDDED else [], known=("practice", "desk"))
if not PAYMENT_PROVIDERS:
    raise ImproperlyConfigured("Set PAYMENT_PROVIDERS: who takes the money. `practice` takes none, for trials only.")
if PAYMENT_PROVIDERS[0] == "desk":
    raise ImproperlyConfigured("Set PAYMENT_PROVIDERS to one that customers can pay through; the desk is always there.")
PUBLIC_URL = env.address("PUBLIC_URL", ("http", "https"), "http://127.0.0.1:8000").rstrip("/")
FARM_PHONE = env.phone("FARM_PHONE")
"""Whom customers call; none is shown when it is not set."""
CARRIER = env.one_of("CARRIER", "simulated", ("simulated", "manual"))
PACKING_BENCH = env.one_of("PACKING_BENCH", "automatic", ("automatic", "staff"))
"""`automatic`: the worker picks and packs what is planned; `staff`: people confirm each step at the bench."""
DEMO_CLOCK = env.is_on("DEMO_CLOCK", default=False)
"""Every paid order's ship date counts as today, so that a trial sees its parcel travel within a minute."""
DEMO_HURRY = env.number("DEMO_HURRY", 1, least=0.1)
"""So many times as fast does a trial's parcel travel; tests wait for one."""
if DEMO_CLOCK:
    CELERY_BEAT_SCHEDULE["demo clock"] = every(5 / DEMO_HURRY, "shop.tasks.demo_clock")
    CELERY_BEAT_SCHEDULE["ask carriers"] = every(15 / DEMO_HURRY, "shop.tasks.ask_carriers")

EMAIL_URL = env.text("EMAIL_URL")
if EMAIL_URL:
    vars().update(env.parts("EMAIL_URL", env.email_url_config))
SMS_PORT = env.text("SMS_PORT", "farm.notify.Kept")
HEALTH_TOKEN = env.text("HEALTH_TOKEN")
"""What a monitor sends as `Authorization: Bearer …` to read /healthz/deep; staff read it signed in."""
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "beizhen@localhost")

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"class": "beizhen.logs.Line", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", "INFO", _LEVELS)},
    "loggers": {
        "django": {"level": "INFO"},  # to be named here takes Django's own handlers away, which cut nothing out
        "django.server": {"level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # robots ask for any host, and are told no
        "axes": {"level": "WARNING"},
    },
}
