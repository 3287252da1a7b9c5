"""Flask's extensions, made here and bound in the app root. Imports nothing of ours."""

from __future__ import annotations

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

db = SQLAlchemy()
migrate = Migrate()
security = Security()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address)
