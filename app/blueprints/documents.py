"""Handing out stored documents: the bytes that were sent and signed, whoever may read them."""

from __future__ import annotations

from flask import Response

from app.core.documents import Document
from app.core.errors import NotFound
from app.quotes.models import Quote
from app.quotes.queries import NO_QUOTE


def download(document: Document) -> Response:
    """A file that somebody sent, to be saved: a browser never runs it as a page of ours."""
    answer = Response(document.content, mimetype=document.mime)
    answer.headers.set("Content-Disposition", "attachment", filename=document.filename)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def as_stored(quote: Quote) -> Response:
    """The PDF of a quote, byte for byte. Raises NotFound for a quote that was never sent."""
    document = quote.document
    if document is None:
        raise NotFound(NO_QUOTE)
    answer = Response(document.content, mimetype=document.mime)
    answer.headers["Content-Disposition"] = f'inline; filename="{document.filename}"'
    answer.set_etag(document.sha256)
    return answer
