"""The pictures behind `app.offers.illustrations`: one module per family of categories."""
