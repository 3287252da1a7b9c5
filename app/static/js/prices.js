// The HT / TTC switch: a form that works alone. Here the page changes at once and the choice is sent behind it.
import { each } from "./once.js";

export function wirePrices(root) {
  each(root, "form[data-price-switch]", "prices", (form) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const basis = event.submitter.value;
      document.documentElement.dataset.priceBasis = basis;
      for (const button of document.querySelectorAll("form[data-price-switch] button")) {
        button.setAttribute("aria-pressed", String(button.value === basis));
      }
      document.dispatchEvent(new CustomEvent("pricebasis", { detail: basis }));
      await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual", keepalive: true });
    });
  });
}
