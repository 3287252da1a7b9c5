// Forms: one sending per click, the first refused field gets the focus, [data-adds] copies a <template> row.
import { each } from "./once.js";

function sendOnce(form) {
  if (form.matches("[data-pick]")) return; // answers on the spot, and may be taken back at once
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => {
      delete form.dataset.sending;
      event.submitter?.removeAttribute("aria-busy");
    }, 4000);
  });
}

function addRows(button) {
  button.addEventListener("click", () => {
    const rows = document.querySelector(button.dataset.adds);
    const template = document.querySelector(button.dataset.template);
    const index = Number(rows.dataset.next ?? rows.children.length);
    rows.dataset.next = index + 1;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__index__", index);
    rows.append(holder.content);
    rows.lastElementChild.querySelector("input, select, textarea")?.focus();
  });
}

export function wireForms(root) {
  each(root, 'form[method="post"]:not([data-hx-post], [hx-post])', "once", sendOnce);
  each(root, "[data-adds]", "adds", addRows);
  each(root, "[data-removes]", "removes", (button) => {
    button.addEventListener("click", () => button.closest(button.dataset.removes).remove());
  });
  each(root, "[data-sends]", "sends", (field) => field.addEventListener("change", () => field.form.requestSubmit()));
  root.querySelector?.('[aria-invalid="true"]')?.focus();
}

window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
});
