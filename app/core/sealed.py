"""Secrets that have to be read again, such as an address with a token in it: encrypted wherever they are stored."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"ensemble: sealed texts"


class Unsealable(Exception):
    """This was sealed with another key, or changed since."""


def seal(text: str, secret_key: str) -> bytes:
    """Encrypt a text with a key that derives from the installation's secret."""
    return _cipher(secret_key).encrypt(text.encode())


def unseal(sealed: bytes, secret_key: str) -> str:
    """The text that was sealed. Raises Unsealable."""
    try:
        return _cipher(secret_key).decrypt(sealed).decode()
    except InvalidToken as error:
        raise Unsealable from error


@lru_cache(maxsize=4)
def _cipher(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(derived))
