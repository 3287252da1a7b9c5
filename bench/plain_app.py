"""What our pages are compared with: a plain Flask page of twenty rows through SQLAlchemy's ORM and a Jinja template.

The way a competent developer writes a first version: two mapped tables with a relationship, filters from the address,
a count and a page of entities, one template. No translation, no accounts, no security headers.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, render_template, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

ROWS = 20


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Seller(Base):
    __tablename__ = "plain_seller"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(80))
    answer_hours: Mapped[int]


class Listing(Base):
    __tablename__ = "plain_listing"

    id: Mapped[int] = mapped_column(primary_key=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey(Seller.id))
    category: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(String(80))
    capacity_min: Mapped[int]
    capacity_max: Mapped[int]
    price_cents: Mapped[int]
    rating: Mapped[float]
    review_count: Mapped[int]
    updated_at: Mapped[datetime]
    seller: Mapped[Seller] = relationship()


def create_app(database_url: str) -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SECRET_KEY"] = "plain"
    db.init_app(app)
    app.jinja_env.filters["euros"] = lambda cents: f"{cents / 100:,.2f}".replace(",", " ").replace(".", ",") + " €"
    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/hello", view_func=lambda: "hello", endpoint="hello")
    app.add_url_rule("/listings/<int:listing_id>", view_func=lambda listing_id: "", endpoint="listing")
    return app


def index() -> Any:
    category = request.args.get("category", "")
    page = request.args.get("page", 1, type=int)
    query = select(Listing).where(Listing.category == category) if category else select(Listing)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = query.options(joinedload(Listing.seller)).order_by(Listing.rating.desc(), Listing.id)
    rows = db.session.scalars(found.limit(ROWS).offset((page - 1) * ROWS)).all()
    return render_template("plain.html", rows=rows, total=total, page=page, category=category, pages=-(-total // ROWS))


def fill(database_url: str, offers: int) -> None:
    """Make the tables with as many listings as the catalogue has offers."""
    dice = random.Random(1)
    app = create_app(database_url)
    with app.app_context():
        db.create_all()
        db.session.add_all(
            Seller(id=n, name=f"Maison {n}", city="Lyon", answer_hours=n % 48 + 1) for n in range(1, 142)
        )
        db.session.flush()
        db.session.add_all(_listing(number, dice) for number in range(1, offers + 1))
        db.session.commit()
        db.engine.dispose()


def _listing(number: int, dice: random.Random) -> Listing:
    return Listing(
        id=number,
        seller_id=dice.randint(1, 141),
        category=dice.choice(("seminar", "evening", "trip", "catering")),
        title=f"Une journée de séminaire au bord de l’eau, numéro {number}",
        summary="Une salle lumineuse, un déjeuner de saison et deux pauses, dans un parc à vingt minutes de la gare.",
        city=dice.choice(("Lyon", "Annecy", "Nantes", "Bordeaux", "Lille")),
        capacity_min=dice.randint(5, 20),
        capacity_max=dice.randint(40, 300),
        price_cents=dice.randint(2_000, 40_000),
        rating=dice.randint(30, 50) / 10,
        review_count=dice.randint(0, 90),
        updated_at=datetime.now(UTC) - timedelta(days=dice.randint(0, 90)),
    )


app = create_app(os.environ["DATABASE_URL"]) if "DATABASE_URL" in os.environ else None
