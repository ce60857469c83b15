"""Settings of every Django and Celery process, read from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env, refusing, store
from config.schedule import SCHEDULE
from core import limits
from labeling import kinds
from rounds import stages

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(env.text("RONDO_VAR", default=str(ROOT / "var")))
env.read_file(VAR / "run.env")  # written by the embedded stack: where its servers listen

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default="127.0.0.1,localhost,[::1]")
SITE_URL = env.text("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "core",
    "accounts",  # before allauth: its templates win over allauth's
    "allauth",
    "allauth.account",
    "notices",
    "jobs",
    "registry",
    "labeling",
    "quality",
    "rounds",
    "webhooks",
    "rehearsal",
    "backups",
    "api",
    "web",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.StrictTransportMiddleware",
    "core.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.zone.ZoneMiddleware",
    "core.middleware.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.sessions.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.appearance.LanguageMiddleware",
    "core.refusals.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.writing.WritingMiddleware",
    "core.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WEB_THREADS = env.whole("WEB_THREADS", default=4, least=1)  # of each web process, for pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": kinds.template_folders(),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.appearance",
                "notices.context.bell",
                "web.context.queue",
            ],
        },
    },
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that sign-in limits hold across processes and survive a broker that is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # Whoever tries many addresses must not push the counters of others out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignupAdapter"
SIGN_IN_LINK_RULE = "labeling.links.may_get_link"  # who may hand one over to whom
PROJECTS_OF = "labeling.access.projects_of"  # that somebody's API token may be for
# Requests of one token that the API answers in a minute: what asks more often is told to wait.
API_REQUESTS_A_MINUTE = env.whole("RONDO_API_RATE", default=1200, least=1)
# Of which project an entry of the audit is: target -> the way from there to the project's id.
AUDIT_PROJECTS = {
    "labeling.Project": "pk",
    "labeling.Prompt": "project_id",
    "labeling.Proposal": "project_id",
    "labeling.Task": "project_id",
    "labeling.Gold": "project_id",
    "rounds.Round": "project_id",
    "rounds.Run": "round__project_id",
    "rounds.Ballot": "project_id",
    "registry.ModelVersion": "family__project",
    "webhooks.Endpoint": "project_id",
    "jobs.Job": "run__round__project_id",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end, this one stays
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"  # in mails; proxies often end TLS
ACCOUNT_SESSION_REMEMBER = True
# How many proxies of ours stand before the web process: limits by address count from there.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", default=0)
CSRF_FAILURE_VIEW = "web.faults.csrf_failure"

# Without a mail server nobody gets a link by mail, and the pages say so.
EMAIL_HOST = env.text("EMAIL_HOST", default="")
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    default=f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend",
)
SENDS_MAIL = EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"
EMAIL_SECURITY = env.one_of("EMAIL_SECURITY", ("starttls", "tls", "none"), default="starttls")
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_PORT = env.whole(
    "EMAIL_PORT", default={"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY], least=1
)
EMAIL_HOST_USER = env.text("EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", default="")
EMAIL_TIMEOUT = 10  # seconds that a page may wait for it
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default=f"rondo@{urlsplit(SITE_URL).hostname}")

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.SIGNED_IN
FILE_UPLOAD_HANDLERS = ["core.incoming.SpooledUpload"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [*kinds.locale_folders(), *stages.locale_folders()]
LOCALE_PATHS += [ROOT / "training" / "locale", ROOT / "workers" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = kinds.static_folders()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# Where models, snapshots and job folders live.
STORE_URL, ARTIFACTS, CACHE_BYTES = store.place(VAR)
STORE_KEYS, STORE_REGION = store.keys()
UPLOADS = VAR / "uploads"  # on their way in
JOBS = Path(env.text("RONDO_JOBS", default=str(VAR / "jobs")))

# A worker that says nothing for a lease's time has lost its job.
JOB_LEASE_SECONDS = env.number("RONDO_JOB_LEASE_SECONDS", default=60)
JOB_HEARTBEAT_SECONDS = env.number("RONDO_JOB_HEARTBEAT_SECONDS", default=10)
# A trainer that hangs would keep its GPU from everybody; 0 lets it. Only fetching a base model is
# silent for long.
JOB_STALL_SECONDS = 60 * env.number("RONDO_STALL_MINUTES", default=120)
# A language model as a judge between models, over a server that speaks OpenAI's chat completions.
JUDGE_URL = env.text("JUDGE_URL", default="")
JUDGE_MODEL = env.text("JUDGE_MODEL", default="")
JUDGE_KEY = env.text("JUDGE_KEY", default="")
# A server that samples where it serves the model: training/sampling/engines.py.
ENGINE_URL = env.text("RONDO_ENGINE_URL", default="")
ENGINE_KEY = env.text("RONDO_ENGINE_KEY", default="")
# Curves of training mirrored to others' trackers: training/tracking.py.
TRACKERS = env.some_of("RONDO_TRACKERS", ("tensorboard", "mlflow", "trackio"))
TRACKERS_FOLDER = Path(env.text("RONDO_TRACKERS_FOLDER", default=str(VAR / "tensorboard")))
# Networks of one's own that webhooks may go to, also by http: webhooks/targets.py.
WEBHOOK_NETWORKS = env.networks("RONDO_WEBHOOK_NETWORKS")
# From SIGTERM to SIGKILL: time for a trainer to write its checkpoint.
JOB_STOP_SECONDS = env.number("RONDO_JOB_STOP_SECONDS", default=20)
# How long a job may wait before the reaper asks whether its message was lost.
JOB_NUDGE_AGAIN_SECONDS = env.number("RONDO_JOB_NUDGE_AGAIN_SECONDS", default=5)
# Training over several processes or GPUs of one machine: see docs/decisions/.
TRAIN_PROCESSES = env.whole("RONDO_TRAIN_PROCESSES", default=1, least=1)
ACCELERATE_CONFIG = env.text("RONDO_ACCELERATE_CONFIG", default="")

# The broker only wakes workers: the rows in jobs.Job are the truth (docs/decisions/).
CELERY_BROKER_URL = env.text("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 3}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "httpx": {"level": "WARNING"},
        # Its lines hold the path, which of a sign-in link is a secret: core.views.csrf_failure.
        "django.security.csrf": {"level": "ERROR"},
        # A line for every message, the reaper's above all; what a job does is logged by workers.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

if refused := list(
    refusing.reasons(
        secret_key=SECRET_KEY,
        debug=DEBUG,
        site_url=SITE_URL,
        allowed_hosts=ALLOWED_HOSTS,
        broker_url=CELERY_BROKER_URL,
        email_backend=EMAIL_BACKEND,
        plain_http=env.flag("ALLOW_PLAIN_HTTP", default=False),
    )
):
    raise ImproperlyConfigured("Rondo does not start like this. " + " · ".join(refused))
