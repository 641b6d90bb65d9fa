"""Django's settings, all from `environment`; sensible without a single variable set."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tieout.config import environment
from tieout.config.logs import logging_settings
from tieout.store.secrets import create_private_file

PACKAGE = Path(__file__).resolve().parent.parent
HOME = environment.home()


def _secret_key() -> str:
    """The session key: from the environment, else made once in the data directory (0600)."""
    given = environment.secret_key()
    if given:
        return given
    path = HOME / "session.key"
    create_private_file(path, secrets.token_urlsafe(50))
    kept = path.read_text(encoding="ascii", errors="replace").strip()
    if not kept:
        message = (
            f"{path} is empty: remove it, and a new key is made (everybody signs in again), or "
            "set TIEOUT_SECRET_KEY."
        )
        raise environment.BadSetting(message)
    return kept


# A process that stops in the middle of a transaction (a paused machine) would keep its locks, and
# the company with them: after a minute the server ends its session, and nobody waits longer than
# SQLite's clients do.
_POSTGRESQL = (
    "-c synchronous_commit=on -c idle_in_transaction_session_timeout=60000 -c lock_timeout=20000"
)


def database(chosen: environment.Database) -> dict[str, Any]:
    """What Django is told of the chosen database."""
    if chosen.engine == "sqlite":
        return {
            "ENGINE": "tieout.store.sqlite",
            "NAME": chosen.name,
            # closing the last connection writes the whole log back: not after every request
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # an intent must survive a power cut: FULL syncs the log at every commit
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
                ),
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": chosen.name,
        "USER": chosen.user,
        "PASSWORD": chosen.password,
        "HOST": chosen.host,
        "PORT": chosen.port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": _POSTGRESQL, **chosen.options},
    }


DEBUG = False
SECRET_KEY = _secret_key()
SECRETS_KEY_FILE = environment.text("TIEOUT_SECRETS_KEY_PATH") or str(HOME / "secrets.key")
UPLOADS = HOME / "uploads"
ALLOWED_HOSTS = environment.allowed_hosts()
CSRF_TRUSTED_ORIGINS = environment.origins()
BEHIND_TLS = environment.flag("TIEOUT_BEHIND_TLS", default=False)
# the address under which other machines reach Tieout; "" = the one a page was asked for under
PUBLIC_URL = environment.public_url()
# it stands in .qwc files: who calls it must be answered
if _public_host := urlsplit(PUBLIC_URL).hostname:
    ALLOWED_HOSTS.append(_public_host)
# after so much silence of a Web Connector another one may work; after so much its last write
# cannot reach QuickBooks any more (an assumption: see the open points)
WEB_CONNECTOR_TICKET_S = environment.seconds("TIEOUT_WEB_CONNECTOR_TICKET_S", 600)
WEB_CONNECTOR_FENCE_S = environment.seconds("TIEOUT_WEB_CONNECTOR_FENCE_S", 900)
if WEB_CONNECTOR_FENCE_S < WEB_CONNECTOR_TICKET_S:
    _message = (
        f"TIEOUT_WEB_CONNECTOR_FENCE_S is {WEB_CONNECTOR_FENCE_S}, "
        f"TIEOUT_WEB_CONNECTOR_TICKET_S is {WEB_CONNECTOR_TICKET_S}: the former may not be less."
    )
    raise environment.BadSetting(_message)
# a worker that says nothing for so long is taken for dead, and another one may go on: half of it
# is longer than the longest single call
LEASE_S = environment.seconds("TIEOUT_LEASE_S", 300)
# no pause before a next look is longer
PAUSE_MAX_S = environment.seconds("TIEOUT_PAUSE_MAX_S", 300)
# once a day the worker removes looks before a write (never the write) and uploads nobody started
KEEP_LOOKS_DAYS = environment.days("TIEOUT_KEEP_LOOKS_DAYS", 90, least=14)
KEEP_UPLOADS_DAYS = environment.days("TIEOUT_KEEP_UPLOADS_DAYS", 30, least=1)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "tieout.store",
    "tieout.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tieout.web.middleware.RequestLog",
    "tieout.web.middleware.ContentSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tieout.web.middleware.NoEmptyBytes",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "tieout.config.urls"
WSGI_APPLICATION = "tieout.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "tieout.web.drawing.Templates",
        "NAME": "django",
        "DIRS": [
            PACKAGE / "web" / "templates",
            *sorted((PACKAGE / "web" / "pages").glob("*/templates")),
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tieout.web.context.company",
            ],
            "builtins": ["tieout.web.templatetags.tieout"],
        },
    }
]
DATABASES = {"default": database(environment.database(HOME))}
AUTH_USER_MODEL = "store.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"

LANGUAGE_CODE = "en-us"
TIME_ZONE = environment.time_zone()
USE_I18N = False
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True  # no collectstatic step: the package carries its files
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_NAME = "tieout_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# uploads above 2 MB go to a temporary file; the form refuses what is over the import's bound
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "tieout.web.uploads.BoundedUpload",  # what is beyond the bound is never written to disk
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000  # from eleven on, the page says so and keeps none

LOGGING = logging_settings(level=environment.log_level())
