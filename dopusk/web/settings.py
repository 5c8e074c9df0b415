"""The settings every site has; `dopusk/<site>/settings.py` adds its own slices and nothing more."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dopusk.web import environment

HERE = Path(__file__).resolve().parent


def base(site: str, slices: list[str], *, context: str = "") -> dict[str, Any]:
    """Settings of a site as a dict for `globals().update`.

    site: "portal", "cabinet" or "registers". slices: the site's own Django apps, full dotted names.
    context: an extra context processor of the site, if it has one.
    """
    folder = HERE.parent / site
    upper = site.upper()
    urls = {
        f"{name}_URL": environment.url(f"DOPUSK_{name}_URL")
        for name in ("PORTAL", "CABINET", "REGISTERS", "LIVE")
    }
    here = urls[f"{upper}_URL"]
    secure = here.startswith("https://")
    sandbox = environment.flag("DOPUSK_SANDBOX", default=False)
    hosts = [urlsplit(here).hostname or "localhost"]
    if sandbox:
        hosts += ["localhost", "127.0.0.1", "[::1]"]
    return {
        **urls,
        "SITE": site,
        "SANDBOX": sandbox,
        "STATE": Path(environment.text("DOPUSK_STATE")),
        "SEALING_KEY": environment.key(f"DOPUSK_{upper}_SEALING_KEY"),
        "LIVE_KEY": environment.key("DOPUSK_LIVE_KEY"),
        "NORMS_FILE": environment.text("DOPUSK_NORMS_FILE", ""),
        "SECRET_KEY": environment.text(f"DOPUSK_{upper}_SECRET_KEY"),
        "DEBUG": False,
        "ALLOWED_HOSTS": hosts,
        "DATABASES": {"default": environment.database(site)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.postgres",
            "procrastinate.contrib.django",
            "dopusk.web.design",
            "dopusk.web.journal",
            "dopusk.web.outbox",
            "dopusk.web.health",
            *slices,
        ],
        "MIDDLEWARE": [
            "dopusk.web.requests.TraceMiddleware",
            "dopusk.web.requests.SecurityHeadersMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        "ROOT_URLCONF": f"dopusk.{site}.urls",
        "WSGI_APPLICATION": f"dopusk.{site}.wsgi.application",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                        "dopusk.web.design.context.page",
                        *([context] if context else []),
                    ],
                    "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
                },
            }
        ],
        "FORM_RENDERER": "dopusk.web.design.forms.Renderer",
        "LANGUAGE_CODE": "ru",
        "LANGUAGES": [("ru", "Русский"), ("en", "English")],
        "LOCALE_PATHS": [str(folder / "locale"), str(HERE / "locale")],
        "LANGUAGE_COOKIE_NAME": f"{site}_language",
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "TIME_ZONE": "Europe/Moscow",
        "USE_TZ": True,
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 300,
        # localhost cookies are shared by all ports: names differ by site
        "SESSION_COOKIE_NAME": f"{site}_session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": f"{site}_csrf",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "dopusk.web.errors.csrf_failure",
        "CSRF_TRUSTED_ORIGINS": [here],
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        # a page may carry several scans; each file has its own limit in web/files
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 2 * 1024 * 1024,
        "LOGGING": _logging(site),
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if secure else None,
    }


def _logging(site: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"trace": {"()": "dopusk.web.requests.TraceFilter"}},
        "formatters": {
            "line": {"format": f"%(asctime)s {site} %(levelname)s %(trace_id)s %(name)s: %(message)s"}
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["trace"], "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "httpx": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "django.server": {"level": "WARNING"},
        },
    }
