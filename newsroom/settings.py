"""Settings, from the environment. README.md lists them; what is wrong is refused at start, in words."""

from email.utils import formataddr
from pathlib import Path

from django.conf.global_settings import LANGUAGES
from django.templatetags.static import static
from environs import Env, validate

from newsroom import environment, policies, postgres

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"), recurse=False)

VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)
SECRETS_DIR = VAR_DIR / "secrets"
SECRET_KEY = environment.secret(env, "SECRET_KEY", SECRETS_DIR)
DEBUG = env.bool("DEBUG", False)

# --- The address: scheme, host, cookies, HSTS and every absolute link follow from SITE_URL.
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65_535))
BIND = env.str("BIND", "127.0.0.1")
WORKERS = env.int("WORKERS", 3, validate=validate.Range(1, 100))
PAGE_MEMORY = env.int("PAGE_MEMORY", 12, validate=validate.Range(0, 10_000))  # megabytes of each worker; 0 for none
LOAD_SEEDS = env.bool("LOAD_SEEDS", True)
_site = environment.site_url(env, f"http://localhost:{PORT}")
SITE_URL = _site.geturl()
SITE_HOST = _site.hostname
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = [_site.hostname, "localhost", "127.0.0.1", "[::1]"]  # this machine itself asks for /healthz
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if IS_HTTPS else ("session", "csrf")
CSRF_COOKIE_HTTPONLY = True
TRUST_PROXY = env.bool("TRUST_PROXY", False)  # only behind a proxy that sets these headers itself
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- The publication.
PUBLICATION_NAME = env.str("PUBLICATION_NAME", "The Halyard", validate=validate.Length(1, 100))
PUBLICATION_TAGLINE = env.str("PUBLICATION_TAGLINE", "Raised every morning in Port Merrow")
PUBLICATION_CURRENCY = environment.currency(env, "EUR")
MAIL_FROM = env.str("MAIL_FROM", f"post@{_site.hostname}", validate=validate.Email())
NEWSROOM_EMAIL = env.str("NEWSROOM_EMAIL", f"newsroom@{_site.hostname}", validate=validate.Email())
RIGHTS_EMAIL = env.str("RIGHTS_EMAIL", f"rights@{_site.hostname}", validate=validate.Email())
BANK_ACCOUNT = env.str("BANK_ACCOUNT", "")  # as buyers read it on their order: holder, IBAN, BIC
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en-gb", validate=validate.OneOf([code for code, _ in LANGUAGES]))
TIME_ZONE = environment.time_zone(env, "Europe/London")
NEWSLETTER_TIME = environment.clock_time(env, "NEWSLETTER_TIME", "17:30")
FEED_TEXT = env.str("FEED_TEXT", "full", validate=validate.OneOf(["full", "summary"]))
USE_TZ = USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
FIRST_DAY_OF_WEEK = 1

# --- The database: whatever DATABASE_URL names, else our own PostgreSQL.
OWN_POSTGRES = not env.str("DATABASE_URL", "")
if OWN_POSTGRES:
    DATABASES = {"default": postgres.database(VAR_DIR)}
else:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        environment.refuse("DATABASE_URL must begin with postgres://; PostgreSQL is the only database this archive runs on.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Files: originals of pictures are private; nothing serves MEDIA_ROOT.
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_ROOT.mkdir(mode=0o700, exist_ok=True)
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "newsroom.compression.StaticFiles",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # a proxy of another user reads them
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000  # bytes of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Mail: through the server that EMAIL_URL names, else into files under var/mail.
DEFAULT_FROM_EMAIL = SERVER_EMAIL = formataddr((PUBLICATION_NAME, MAIL_FROM))
if env.str("EMAIL_URL", ""):
    vars().update(env.dj_email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
    EMAIL_FILE_PATH.mkdir(mode=0o700, exist_ok=True)  # mails hold secret links
EMAIL_TIMEOUT = 20  # seconds

INSTALLED_APPS = [
    "procrastinate.contrib.django",  # before newsroom, which shows its jobs in the admin's own look
    "newsroom",
    "articles",
    "licensing",
    "newsletters",
    "mail",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_prose_editor",
]
SITE_ID = 1

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.caching.careful",
    "newsroom.compression.CompressText",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "newsroom.patience.TooLong",
    "newsroom.policies.admin_policy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.publication.publication",
            ],
        },
    },
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# --- What a browser may do with our pages; newsroom/policies.py relaxes the first for the admin.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", policies.inline_script(BASE_DIR / "templates" / "partials" / "edition.js")],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        **({"upgrade-insecure-requests": True} if IS_HTTPS else {}),
    }
}
PERMISSIONS_POLICY = {
    feature: [] for feature in ("browsing-topics", "camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

UNFOLD = {
    "SITE_TITLE": PUBLICATION_NAME,
    "SITE_HEADER": PUBLICATION_NAME,
    "SITE_SUBHEADER": "Newsroom",
    "SITE_URL": "/",
    "DASHBOARD_CALLBACK": "newsroom.home.dashboard",
    "SITE_ICON": lambda request: static("img/icon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/icon.svg")}],
    "STYLES": [lambda request, part=part: static(f"css/newsroom{part}.css") for part in ("", "-home", "-stories", "-pictures", "-rights")],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": True,
    "BORDER_RADIUS": "4px",
    "COLORS": {  # the red of the masthead, from the palest to the darkest
        "primary": {
            "50": "#fdf3f2",
            "100": "#fbe4e1",
            "200": "#f8cdc8",
            "300": "#f2aaa2",
            "400": "#e87b70",
            "500": "#da5247",
            "600": "#9b2420",
            "700": "#86201c",
            "800": "#6f1d1a",
            "900": "#5e1c1a",
            "950": "#330b0a",
        },
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "newsroom.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},  # strangers' noise
}
