"""What is typed into the editor is kept as it is; photos are taken one by one and shown as they come to be drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.accounts.models import Provider
from app.core.db import session
from app.offers import typed
from app.offers.models import OfferPhoto
from tests.conftest import Browser
from tests.factories import Factories
from tests.web.test_offers_provider import create, latest, operator, provider, published, seller, whole
from workers.outbox import drain

__all__ = ["operator", "provider", "seller"]
WRONG = {"capacity_max": "beaucoup", "postcode": "6900", "duration": "longtemps", "components-0-price": "soixante"}


def texts(page: str) -> dict[str, str]:
    """Tab and token of an opened editor, as its form sends them."""
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in ("tab", "seen")}


def opened(seller: Browser, offer_id: int) -> dict[str, str]:
    return texts(seller.get(f"/provider/offers/{offer_id}/edit").text)


def keep(seller: Browser, offer_id: int, tab: dict[str, str], **changes: Any) -> Any:
    """One autosave; the tab has seen what it is told."""
    answer = seller.post(f"/provider/offers/{offer_id}/typed", data=whole(do="", **tab, **changes))
    if answer.status_code == 200:
        tab["seen"] = str(answer.json["token"])
    return answer


def photo(width: int = 900, height: int = 600, colour: str = "teal") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    out.seek(0)
    return out


def send(seller: Browser, offer_id: int, content: BytesIO, name: str = "a.jpg") -> Any:
    data = {"uploads": [(content, name)]}
    return seller.post(f"/provider/offers/{offer_id}/photos", data=data, content_type="multipart/form-data")


def test_what_is_typed_is_kept_as_it_is_right_or_wrong_on_every_device(
    seller: Browser, new_client: Callable[[], Browser], factories: Factories, provider: Provider
) -> None:
    offer_id = create(seller)
    answer = keep(seller, offer_id, opened(seller, offer_id), description="À moitié écr", **WRONG)
    assert answer.status_code == 200 and "Brouillon enregistré à" in answer.json["words"]
    assert answer.json["done"]["what"] is False and answer.json["done"]["terms"] is True
    assert latest(offer_id).description == "", "no version holds what may be wrong"
    colleague = new_client().log_in(factories.seller(provider)[0])
    for reader in (seller, colleague):
        page = reader.get(f"/provider/offers/{offer_id}/edit").text
        for words in ("À moitié écr", *WRONG.values()):
            assert words in page, words
        assert 'aria-invalid="true"' not in page, "it isn't told off for what it has not sent"


def test_a_save_that_is_refused_loses_nothing_on_reload_and_one_that_succeeds_settles(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    assert seller.post(edit, data=whole(do="save", **opened(seller, offer_id), **WRONG)).status_code == 422
    assert all(words in seller.get(edit).text for words in WRONG.values())
    assert seller.post(edit, data=whole(do="save", **opened(seller, offer_id))).status_code == 303
    assert "soixante" not in seller.get(edit).text
    kept = typed.current(offer_id)
    assert kept is not None and kept.saved


def test_two_windows_never_overwrite_each_other_silently(seller: Browser) -> None:
    offer_id = create(seller)
    first, second = opened(seller, offer_id), opened(seller, offer_id)
    assert keep(seller, offer_id, first, summary="Du premier").status_code == 200
    late = keep(seller, offer_id, second, summary="Du second")
    assert late.status_code == 409 and "Les deux textes sont gardés" in late.json["words"]
    assert keep(seller, offer_id, first, summary="Du premier, encore").status_code == 200
    page = seller.get(f"/provider/offers/{offer_id}/edit").text
    assert "Du premier, encore" in page and "Un autre texte est gardé" in page
    assert {dict(row.fields)["summary"] for row in typed.beside(offer_id)} == {"Du second"}
    assert keep(seller, offer_id, second, summary="Du second, quand même", insist="yes").status_code == 200
    assert "Du second, quand même" in seller.get(f"/provider/offers/{offer_id}/edit").text
    session().expire_all()
    assert {dict(row.fields)["summary"] for row in typed.beside(offer_id)} == {"Du premier, encore"}
    assert keep(seller, offer_id, first, summary="Trop tard").status_code == 409, (
        "now the first has not seen the newest"
    )


def test_a_text_that_is_kept_beside_is_taken_back_or_forgotten(seller: Browser) -> None:
    offer_id = create(seller)
    first, second = opened(seller, offer_id), opened(seller, offer_id)
    keep(seller, offer_id, first, summary="Du premier")
    keep(seller, offer_id, second, summary="Du second")
    (aside,) = typed.beside(offer_id)
    assert seller.post(f"/provider/offers/{offer_id}/typed/{aside.id}/take").status_code == 303
    assert "Du second" in seller.get(f"/provider/offers/{offer_id}/edit").text
    session().expire_all()
    (aside,) = typed.beside(offer_id)
    assert dict(aside.fields)["summary"] == "Du premier"
    forget = f"/provider/offers/{offer_id}/typed/{aside.id}/forget"
    assert seller.post(forget).status_code == 303
    session().expire_all()
    assert not typed.beside(offer_id)
    assert seller.post(forget).status_code == 404


def test_without_javascript_a_save_that_comes_too_late_shows_its_text_and_keeps_both(seller: Browser) -> None:
    offer_id = create(seller)
    edit = f"/provider/offers/{offer_id}/edit"
    first, second = opened(seller, offer_id), opened(seller, offer_id)
    assert seller.post(edit, data=whole(do="save", **first, summary="Du premier")).status_code == 303
    late = seller.post(edit, data=whole(do="save", **second, summary="Du second"))
    assert late.status_code == 409 and "Du second" in late.text and "Les deux textes sont gardés" in late.text
    assert latest(offer_id).summary == "Du premier"
    again = whole(do="save", **texts(late.text), insist="yes", summary="Du second")
    assert 'name="insist"' in late.text and seller.post(edit, data=again).status_code == 303
    assert latest(offer_id).summary == "Du second"
    assert "Du premier" in {dict(row.fields)["summary"] for row in typed.beside(offer_id)}


def test_dropping_the_changes_drops_what_was_typed(seller: Browser, operator: Browser) -> None:
    offer_id = published(seller, operator)
    tab = opened(seller, offer_id)
    seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do="save", **tab, summary="Un changement"))
    tab = opened(seller, offer_id)
    keep(seller, offer_id, tab, summary="Un autre changement")
    assert seller.post(f"/provider/offers/{offer_id}/drop").status_code == 303
    assert "changement" not in seller.get(f"/provider/offers/{offer_id}/edit").text
    assert keep(seller, offer_id, tab, summary="Depuis l’onglet oublié").status_code == 409


def test_odd_texts_and_endless_forms_are_kept_within_bounds(seller: Browser) -> None:
    offer_id = create(seller)
    tab = opened(seller, offer_id)
    odd = keep(seller, offer_id, tab, summary="a\0b", seen_by="no field of ours", csrf_token="secret")
    assert odd.status_code == 200
    kept = typed.current(offer_id)
    assert kept is not None and dict(kept.fields)["summary"] == "ab"
    assert {"seen_by", "csrf_token", "tab", "seen", "do"}.isdisjoint(dict(kept.fields))
    many = {f"components-{number}-label": "x" for number in range(5_000)}
    assert keep(seller, offer_id, tab, **many).status_code in (200, 413)
    for number in range(15):
        keep(seller, offer_id, {"tab": f"tab{number}", "seen": "0"}, summary="y")
    session().expire_all()
    assert len(typed.beside(offer_id)) == typed.MOST_ASIDE


def test_the_preview_is_the_real_page_of_what_is_typed_as_far_as_it_can_be_read(
    seller: Browser, client: Browser, new_client: Callable[[], Browser], factories: Factories
) -> None:
    offer_id = create(seller)
    live = f"/provider/offers/{offer_id}/live"
    keep(seller, offer_id, opened(seller, offer_id), summary="Pétrir ensemble", **WRONG)
    page = seller.get(live)
    assert "Pétrir ensemble" in page.text and "offer-split" in page.text and "<footer" not in page.text
    assert not re.search(r"6.à.24.personnes", page.text)
    keep(seller, offer_id, opened(seller, offer_id), summary="Façonner ensemble")
    assert "Façonner ensemble" in seller.get(live).text and re.search(r"6.à.24.personnes", seller.get(live).text)
    assert latest(offer_id).summary == "", "nothing of it is saved"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    edit = seller.get(f"/provider/offers/{offer_id}/edit")
    assert "frame-ancestors 'none'" in edit.headers["Content-Security-Policy"]
    assert client.get(live).status_code == 302
    assert new_client().log_in(factories.seller(factories.provider())[0]).get(live).status_code == 404


def test_a_photo_shows_at_once_and_in_all_its_formats_when_a_worker_has_drawn_them(
    seller: Browser, operator: Browser, client: Browser
) -> None:
    offer_id = create(seller)
    answer = send(seller, offer_id, photo(1800, 1200))
    assert answer.status_code == 200 and 'src="data:image/webp;base64,' in answer.text
    assert "image/avif" not in answer.text and "-960.webp 960w" in answer.text
    one = latest(offer_id).photos[0]
    early = seller.get(f"/photos/{one.id}-1600.webp")
    assert early.status_code == 200 and Image.open(BytesIO(early.data)).width == 960
    assert "no-cache" in early.headers["Cache-Control"]
    drain()
    session().expire_all()
    photo_id = latest(offer_id).photos[0].id
    for kind in ("webp", "avif"):
        for width in (480, 960, 1600):
            file = seller.get(f"/photos/{photo_id}-{width}.{kind}")
            assert (file.mimetype, Image.open(BytesIO(file.data)).width) == (f"image/{kind}", width)
            assert "immutable" in file.headers["Cache-Control"]
    assert client.get(f"/photos/{photo_id}-480.avif").status_code == 404, "a draft's photo is its provider's"
    rows = {"photos-0-key": one.media_key, "photos-0-alt": "Le four"}
    assert seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do="submit", **rows)).status_code == 303
    assert operator.post(f"/operator/moderation/{latest(offer_id).id}/publish").status_code == 303
    drain()
    shown = client.get(f"/offers/{offer_id}", follow_redirects=True).text
    assert re.search(rf'type="image/avif" srcset="/photos/{photo_id}-480.avif 480w, [^"]*-1600.avif 1600w"', shown)
    assert 'alt="Le four" width="1600" height="1067"' in shown and 'class="blur"' in shown
    assert f"/photos/{photo_id}-960.avif 960w" in client.get("/offers").text
    tab = opened(seller, offer_id)
    keep(seller, offer_id, tab)
    seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do="save", **tab, summary="Changé"))
    assert "avif-480" in latest(offer_id).photos[0].variants, "the next version shows what there is, too"


def test_photos_that_are_refused_say_why_and_leave_the_others(seller: Browser) -> None:
    offer_id = create(seller)
    send(seller, offer_id, photo())
    wrong = {
        "dessin.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        "page.jpg": (photo().getvalue() + b"<script>alert(1)</script>", "autre chose"),
        "coupe.jpg": (photo(1200, 900).getvalue()[:2_000], "abîmée"),
        "petite.jpg": (photo(300, 200).getvalue(), "640 pixels"),
        "vide.jpg": (b"", "n’est pas une photo"),
    }
    for name, (content, words) in wrong.items():
        answer = send(seller, offer_id, BytesIO(content), name)
        assert answer.status_code == 422 and words in answer.json["words"] and name in answer.json["words"], name
    assert len(latest(offer_id).photos) == 1
    assert seller.post(f"/provider/offers/{offer_id}/photos").status_code == 422


def test_photos_are_put_in_order_and_the_first_is_the_cover(seller: Browser) -> None:
    offer_id = create(seller)
    for colour in ("red", "green", "blue"):
        send(seller, offer_id, photo(colour=colour))
    first, second, third = (each.media_key for each in latest(offer_id).photos)
    order = f"/provider/offers/{offer_id}/photos/order"
    assert seller.post(order, data={"key": [third, first, "stranger"]}).status_code == 204
    assert [each.media_key for each in latest(offer_id).photos] == [third, first, second]
    seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do=f"photo-cover-{second}"))
    assert [each.media_key for each in latest(offer_id).photos] == [second, third, first]
    assert [each.position for each in latest(offer_id).photos] == [0, 1, 2]


def test_a_photo_that_is_removed_before_it_is_drawn_leaves_no_file(seller: Browser, app: Any) -> None:
    offer_id = create(seller)
    send(seller, offer_id, photo())
    key = latest(offer_id).photos[0].media_key
    seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do=f"photo-remove-{key}"))
    drain()
    assert not list(session().scalars(select(OfferPhoto.id).where(OfferPhoto.media_key == key)))
    folder = app.extensions["settings"].instance_dir / "media" / "photos" / key[:2]
    assert not list(folder.glob(f"{key}*"))


def test_nothing_is_kept_while_an_offer_is_in_review(seller: Browser) -> None:
    offer_id = create(seller)
    tab = opened(seller, offer_id)
    assert seller.post(f"/provider/offers/{offer_id}/edit", data=whole(do="submit", **tab)).status_code == 303
    assert keep(seller, offer_id, tab).status_code == 409
    assert send(seller, offer_id, photo()).status_code == 409


@pytest.mark.parametrize("path", ["typed", "photos/order"])
def test_what_the_editor_sends_is_small(seller: Browser, path: str) -> None:
    offer_id = create(seller)
    assert seller.post(f"/provider/offers/{offer_id}/{path}", data={"summary": "x" * 1_100_000}).status_code == 413
