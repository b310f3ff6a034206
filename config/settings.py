"""Django's settings: the only module that reads the environment. docs/reference/settings.md explains each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from civiltime import zones  # the first import of a zone: it makes the tzdata wheel authoritative
from config.environment import read

BASE_DIR: Final = Path(__file__).resolve().parent.parent
ENVIRONMENT: Final = read()
IS_PRODUCTION: Final = ENVIRONMENT.mode == "production"
IS_DEMO: Final = ENVIRONMENT.mode == "demo"
TZ_VERSION: Final = zones.TZ_VERSION

PUBLIC_URL = ENVIRONMENT.url
LEAVE_URL = ENVIRONMENT.leave_url
OPERATOR_NAME = ENVIRONMENT.operator_name
OPERATOR_CONTACT = ENVIRONMENT.operator_contact
DATA_DIR = ENVIRONMENT.data_dir
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# Probes of /healthz and /readyz come from this machine, under its own name.
ALLOWED_HOSTS = [ENVIRONMENT.host, *LOOPBACK_HOSTS] if IS_PRODUCTION else LOOPBACK_HOSTS
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url] if IS_PRODUCTION else []

INSTALLED_APPS = [
    "config",
    "notifications",
    "sessions",
    "demo",
    "calendars",
    "directory",
    "scheduler",
    "accounts",
    "channels",
    "csp",
    "timezone_field",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its templates of widgets, found beside our own
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.CompressedPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.quiet_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.crisis_pages.crisis_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.separate_guests",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.activate_time_zone",
    "config.error_pages.return_after_sign_in",
    "config.error_pages.explain_refused_methods",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": [
                "scheduler.templatetags.times",
                "scheduler.templatetags.schedule",
                "scheduler.templatetags.best_time",
                "scheduler.templatetags.proposals",
                "scheduler.templatetags.people",
                "config.templatetags.interface",
            ],
            "libraries": {},
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(
        dj_database_url.parse(ENVIRONMENT.database_url, conn_max_age=60, conn_health_checks=True)
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # The default options lost 141 of 240 concurrent transactions: a reader that turns writer
    # in WAL mode fails at once, whatever the timeout, so every transaction starts as a writer.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        # A file: only a file has the locking of WAL, and races are tested.
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENVIRONMENT.redis_url
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # What is counted here is not worth waiting for: redis-py would try for seconds.
        "OPTIONS": {
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "retry": Retry(NoBackoff(), 1),
        },
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # 300 unless told, and a third goes when it is full
    }
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 gives idle sockets a timeout that kills every quiet room after 6.7 s.
        # Pub/Sub does not heed the database index: the prefix keeps two installations on one Redis apart.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
            "prefix": f"commonhour{urlsplit(REDIS_URL).path}",
        },
    }
    if REDIS_URL
    else {"BACKEND": "sessions.live.channel_layer.InProcessLayer"}
}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {} if REDIS_URL else {"polling_interval": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = (
    1  # a busy worker with more of them dies with its broker (kombu 5.7)
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
# Ticks only say "look at the tables": a late one is worthless, so it expires before the next.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "rooms": {
        "task": "sessions.tidy_rooms",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "top-up": {
        "task": "scheduler.top_up",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "seats": {
        "task": "scheduler.expire_and_offer_seats",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 60},
    },
    "searches": {
        "task": "scheduler.search",
        "schedule": timedelta(seconds=2),
        "options": {"expires": 2},
    },
    "old drafts": {
        "task": "scheduler.delete_old_searches",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "expired sessions": {
        "task": "accounts.delete_expired_sessions",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "notices": {
        "task": "notifications.plan",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "forgetting": {
        "task": "notifications.forget",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
}
if REDIS_URL:
    # In one process it is threads that carry: the worker there does one thing after the other.
    CELERY_BEAT_SCHEDULE["delivering"] = {
        "task": "notifications.deliver",
        "schedule": timedelta(seconds=2),
        "options": {"expires": 2},
    }

RATES: dict[str, float] = dict(ENVIRONMENT.rates.items())
RESEND_UNCERTAIN = ENVIRONMENT.resend_uncertain
PUSH_SERVICES = ENVIRONMENT.push_services
GATEWAYS = ENVIRONMENT.gateways
METRICS_TOKEN = ENVIRONMENT.metrics_token
GATEWAY_SECRET = ENVIRONMENT.gateway_secret
EMAIL_BACKEND = ENVIRONMENT.email_url.backend
# A provider shall send what we wrote, to whom we wrote it, and watch nobody open it.
ANYMAIL = ENVIRONMENT.email_url.options | {
    "IGNORE_UNSUPPORTED_FEATURES": True,
    "REQUESTS_TIMEOUT": (5, 20),
    "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
}
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = ENVIRONMENT.email_url.host
EMAIL_PORT = ENVIRONMENT.email_url.port
EMAIL_HOST_USER = ENVIRONMENT.email_url.user
EMAIL_HOST_PASSWORD = ENVIRONMENT.email_url.password
EMAIL_USE_SSL = ENVIRONMENT.email_url.tls
EMAIL_USE_TLS = ENVIRONMENT.email_url.starttls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
SERVER_EMAIL = DEFAULT_FROM_EMAIL

AUTH_USER_MODEL = "accounts.Person"
CSRF_FAILURE_VIEW = "config.error_pages.csrf_failure"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "my_sessions"
LOGOUT_REDIRECT_URL = "meetings"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "accounts.password_validators.NotTheUserName"},
    {"NAME": "accounts.password_validators.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.password_validators.NotCommon"},
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Only production collects; elsewhere the finders serve files as they are.
STATIC_ROOT = BASE_DIR / "static-collected" if IS_PRODUCTION else None
STORAGES = {
    "staticfiles": {
        "BACKEND": "config.storage.HashedStaticFiles"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION

SESSION_ENGINE = "accounts.browser_sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_NAME = "__Host-session" if IS_PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_PRODUCTION else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_PRODUCTION
# Probes come from inside the house, over plain http. A calendar is refused there: a redirect would
# let a program send its secret in clear for ever.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^c/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

MEDIA = ENVIRONMENT.media
DIRECT_CALLS = ENVIRONMENT.direct_calls == "yes"
TURN_URLS = ENVIRONMENT.turn_urls
TURN_SECRET = ENVIRONMENT.turn_secret
JANUS_URL = ENVIRONMENT.janus_url
JANUS_SECRET = ENVIRONMENT.janus_secret

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.RedactingFormatter",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    # These two write addresses of their own accord, and past our formatter.
    "loggers": {
        name: {"handlers": ["stderr"], "propagate": False}
        for name in ("django.server", "uvicorn.access")
    },
}

django_stubs_ext.monkeypatch()
