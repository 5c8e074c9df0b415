"""The settings every site has; `dopusk/<site>/settings.py` adds its own slices and nothing more."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dopusk.web import environment

HERE = Path(__file__).resolve().parent

APPS = [
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
]

ALWAYS: dict[str, Any] = {
    "DEBUG": False,
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "MIDDLEWARE": [
        "dopusk.web.requests.TraceMiddleware",
        "dopusk.web.requests.SecurityHeadersMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "dopusk.web.requests.LanguageMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    "FORM_RENDERER": "dopusk.web.design.forms.Renderer",
    "LANGUAGE_CODE": "ru",
    "LANGUAGES": [("ru", "Русский"), ("en", "English")],
    "TIME_ZONE": "Europe/Moscow",
    "USE_TZ": True,
    "STATIC_URL": "/static/",
    "WHITENOISE_USE_FINDERS": True,
    "WHITENOISE_AUTOREFRESH": False,
    "WHITENOISE_MAX_AGE": 300,
    "CSRF_FAILURE_VIEW": "dopusk.web.errors.csrf_failure",
    "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    # a page may carry several scans; each file has its own limit in web/files
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
    "FILE_UPLOAD_MAX_MEMORY_SIZE": 2 * 1024 * 1024,
    "X_FRAME_OPTIONS": "DENY",
}


def base(site: str, slices: list[str], *, context: str = "") -> dict[str, Any]:
    """Settings of a site as a dict for `globals().update`.

    site: "portal", "cabinet" or "registers". slices: the site's own Django apps, full dotted names.
    context: an extra context processor of the site, if it has one.
    """
    upper = site.upper()
    names = ("PORTAL", "CABINET", "REGISTERS", "LIVE")
    urls = {f"{name}_URL": environment.url(f"DOPUSK_{name}_URL") for name in names}
    here = urls[f"{upper}_URL"]
    secure = here.startswith("https://")
    sandbox = environment.flag("DOPUSK_SANDBOX", default=False)
    own_hosts = [urlsplit(here).hostname or "localhost"]
    norms_file = environment.text("DOPUSK_NORMS_FILE", "")
    return {
        **ALWAYS,
        **urls,
        **_cookies(site, secure=secure),
        "SITE": site,
        "SANDBOX": sandbox,
        "ALONE": environment.flag("DOPUSK_ALONE", default=False),  # no sister site stands beside this one
        "STATE": Path(environment.text("DOPUSK_STATE")),
        "SEALING_KEY": environment.key(f"DOPUSK_{upper}_SEALING_KEY"),
        "NORMS_FILE": Path(norms_file) if norms_file else None,
        "SECRET_KEY": environment.secret(f"DOPUSK_{upper}_SECRET_KEY"),
        "ALLOWED_HOSTS": [*own_hosts, "localhost", "127.0.0.1", "[::1]"] if sandbox else own_hosts,
        "DATABASES": {"default": environment.database(site)},
        "INSTALLED_APPS": [*APPS, *slices],
        "ROOT_URLCONF": f"dopusk.{site}.urls",
        "WSGI_APPLICATION": f"dopusk.{site}.wsgi.application",
        "TEMPLATES": _templates(context),
        "LOCALE_PATHS": [str(HERE.parent / site / "locale"), str(HERE / "locale")],
        "CSRF_TRUSTED_ORIGINS": [here],
        "LOGGING": _logging(site),
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if secure else None,
    }


def _cookies(site: str, *, secure: bool) -> dict[str, Any]:
    """Cookies of localhost are shared by all its ports, so each site's have a name of their own."""
    made: dict[str, Any] = {}
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        made |= {
            f"{kind}_COOKIE_NAME": f"{site}_{kind.lower()}",
            f"{kind}_COOKIE_SECURE": secure,
            f"{kind}_COOKIE_HTTPONLY": True,
            f"{kind}_COOKIE_SAMESITE": "Lax",
        }
    return made


def _templates(context: str) -> list[dict[str, Any]]:
    processors = [
        "django.template.context_processors.request",
        "django.contrib.messages.context_processors.messages",
        "dopusk.web.design.context.page",
        *([context] if context else []),
    ]
    builtins = ["django.templatetags.i18n", "django.templatetags.static"]
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": processors, "builtins": builtins},
        }
    ]


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
