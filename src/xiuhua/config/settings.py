"""Django's settings; what differs between installations comes from `variables`."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from xiuhua.config.data_folder import data_folder, kept_secret, new_secret_key
from xiuhua.config.databases import database_settings
from xiuhua.config.jobs import job_table
from xiuhua.config.log_files import log_settings
from xiuhua.config.retention import KEPT
from xiuhua.config.variables import read_variables
from xiuhua.sealing.keys import new_key_file, parsed_keys


_package = Path(__file__).parents[1]
_given = read_variables(os.environ)

# --- Place and secrets -------------------------------------------------------------

# Everything the installation must keep lies here; a backup is a copy of it.
DATA_DIR = data_folder(_given["DATA_DIR"])
# Signs sessions and forms; made on the first start, never in the repository.
SECRET_KEY = kept_secret(DATA_DIR / "secret_key", new_secret_key)
# Keys of encrypted fields, the newest last. Losing them loses what they sealed.
FIELD_KEYS = parsed_keys(kept_secret(DATA_DIR / "field_keys", new_key_file))
# Tracebacks in the browser.
DEBUG = _given["DEBUG"]
# An invented county may be loaded, and every page says that it is one.
DEMO = _given["DEMO"]
# Names the site answers to.
ALLOWED_HOSTS = _given["HOSTS"]
# A proxy of ours ends TLS and says who asks.
BEHIND_PROXY = _given["BEHIND_PROXY"]

# The warning wants attempts counted by address too: it would lock a whole office for
# the mistakes of one, and a user name alone cannot be got round by changing headers.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# --- Parts -------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Its templates of form fields are what ours fall back on.
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "xiuhua.apps.audit",
    "xiuhua.apps.operations",
    "xiuhua.apps.regions",
    "xiuhua.apps.accounts",
    "xiuhua.apps.desk",
    "xiuhua.apps.attachments",
    "xiuhua.apps.registry",
    "xiuhua.apps.sheets",
    "xiuhua.apps.assessments",
    "xiuhua.apps.assistance",
    "xiuhua.apps.plans",
    "xiuhua.apps.ledger",
    "xiuhua.apps.supervision",
    "xiuhua.apps.exchange",
    "xiuhua.apps.documents",
    "xiuhua.web",
    "xiuhua.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Style and script carry nobody's data: they alone may be kept by a browser.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xiuhua.web.content_security.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "xiuhua.web.sessions.SessionLimitMiddleware",
    "xiuhua.web.one_time_codes.OneTimeCodeMiddleware",
    "xiuhua.web.second_factor.SecondFactorMiddleware",
    "xiuhua.web.posts.PostMiddleware",
    "xiuhua.web.failures.FailureMiddleware",
    "xiuhua.web.access.AccessMiddleware",
    # Last, as its documentation asks: it turns a locked-out answer into the page.
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "xiuhua.config.urls"
WSGI_APPLICATION = "xiuhua.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_package / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "xiuhua.web.shell.shell",
            ]
        },
    }
]

# --- Database ----------------------------------------------------------------------

DATABASES = {"default": database_settings(_given["DATABASE_URL"], DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Tasks and what is done by itself ----------------------------------------------

# Tasks wait in the database: what queued them and the task are one transaction.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
JOBS = job_table(backup_minutes=_given["BACKUP_MINUTES"])

# --- Backups and periods ------------------------------------------------------------

BACKUP_DIR = Path(_given["BACKUP_DIR"] or DATA_DIR / "backups").expanduser().resolve()
BACKUP_PASSPHRASE_FILE = _given["BACKUP_PASSPHRASE_FILE"]
RETENTION = KEPT

# --- Language and time -------------------------------------------------------------

LANGUAGE_CODE = _given["LANGUAGE"]
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
# One folder per page family, so that wordings stand near what they word; every app
# has its own beside its models.
LOCALE_PATHS = [_package / "locale", *sorted((_package / "web" / "locale").glob("*"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Who is who --------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    # First: a locked user name is refused before the password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "xiuhua.apps.accounts.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {
        "NAME": "django.contrib.auth.password_validation."
        "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "xiuhua.apps.accounts.passwords.KindsValidator"},
]
LOGIN_URL = "account_login"
# Leads on to the first page a post has.
LOGIN_REDIRECT_URL = "start"
# Users are registered by an administrator and have no address the program writes to.
ACCOUNT_ADAPTER = "xiuhua.web.sign_in.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Signing in lasts no longer than the browser is open.
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "xiuhua.web.sign_in.SealedFactorsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "xiuhua"
SECOND_FACTOR_REQUIRED = _given["SECOND_FACTOR"]
# From one address; counting by user name is left to the lockout below.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
# A user name is locked from everywhere: colleagues share one address.
AXES_FAILURE_LIMIT = _given["LOGIN_ATTEMPTS"]
AXES_COOLOFF_TIME = timedelta(minutes=_given["LOCKOUT_MINUTES"])
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "xiuhua.web.sign_in.typed_name"
AXES_LOCKOUT_CALLABLE = "xiuhua.web.sign_in.locked_out"
# Sign-ins are recorded in our own audit; the user's browser is nobody's business.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
if BEHIND_PROXY:
    AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_REAL_IP"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Sessions ----------------------------------------------------------------------

# In the database, so that ending a session ends it at once.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = _given["IDLE_MINUTES"] * 60
# Renewed while used, but not by every request: see `web.sessions`.
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_LIMIT_HOURS = _given["SESSION_HOURS"]
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True

# --- Transport and browser ---------------------------------------------------------

SECURE_SSL_REDIRECT = _given["HTTPS"]
SESSION_COOKIE_SECURE = _given["HTTPS"]
CSRF_COOKIE_SECURE = _given["HTTPS"]
# The prefix makes browsers refuse the cookie from a sister domain or without TLS.
SESSION_COOKIE_NAME = "__Host-session" if _given["HTTPS"] else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _given["HTTPS"] else "csrf"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _given["HTTPS"] else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _given["HTTPS"]
SECURE_HSTS_PRELOAD = _given["HTTPS"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Named and shaped like the setting of Django 6, which replaces our middleware then.
SECURE_CSP = {
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

# --- Households --------------------------------------------------------------------

# Called by name with every change of households, in its transaction, in this order.
HOUSEHOLD_FOLLOWERS = [
    "xiuhua.apps.assessments.following.households_changed",
    "xiuhua.apps.plans.following.households_changed",
    "xiuhua.apps.exchange.keying.households_changed",
    "xiuhua.apps.assistance.following.households_changed",
]

# --- Ledger ------------------------------------------------------------------------

# Called by name with every step of a problem, in its transaction.
PROBLEM_FOLLOWERS = ["xiuhua.apps.supervision.following.problem_moved"]

# --- Sheets ------------------------------------------------------------------------

# Lists that can be sent in: each a `Kind` of the app that keeps the list.
SHEET_KINDS = [
    "xiuhua.apps.assistance.pairing_sheet.KIND",
    "xiuhua.apps.plans.measure_sheet.KIND",
    "xiuhua.apps.ledger.problem_sheet.KIND",
    "xiuhua.apps.ledger.progress_sheet.KIND",
    "xiuhua.apps.assistance.helper_sheet.KIND",
    "xiuhua.apps.assistance.member_sheet.KIND",
    "xiuhua.apps.assistance.visit_sheet.KIND",
    "xiuhua.apps.assistance.visit_sheet.KIND_KEPT",
    "xiuhua.apps.assistance.roster_sheet.KIND",
]

# --- Evidence ----------------------------------------------------------------------

# Called by name before a file is removed, in the transaction of the removal.
ATTACHMENT_FOLLOWERS = [
    "xiuhua.apps.plans.following.attachment_leaves",
    "xiuhua.apps.ledger.following.attachment_leaves",
]

# --- Command room ------------------------------------------------------------------

# The shares at which colours change: of persons left, of households falling short.
ROOM_RATE_STEPS = _given["ROOM_RATE_STEPS"]
ROOM_SHARE_STEPS = _given["ROOM_SHARE_STEPS"]

# --- Files and limits --------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
# Names with a digest of the content, packed beforehand, kept by browsers for good.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "xiuhua.web.static_files.HashedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FORM_RENDERER = "xiuhua.web.forms.FormRenderer"
CSRF_FAILURE_VIEW = "xiuhua.web.failures.csrf_failed"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
REVEALS_A_DAY = _given["REVEALS_A_DAY"]
ATTACHMENT_MEGABYTES = _given["ATTACHMENT_MEGABYTES"]
ATTACHMENTS_PER_SUBJECT = _given["ATTACHMENTS_PER_SUBJECT"]
UPLOAD_MEGABYTES = _given["UPLOAD_MEGABYTES"]
# What a browser sends lies here while the request lasts, not where all can look.
FILE_UPLOAD_TEMP_DIR = data_folder(DATA_DIR / "arriving")

# --- Log ---------------------------------------------------------------------------

# Addresses of pages carry no personal data, so the log carries none; forms and their
# values are never logged. What slips through all the same is masked.
LOGGING = log_settings(DATA_DIR / "logs", to_files=_given["LOG_FILES"])
