// <form data-confirm="dialog-id">: the dialog asks first; its button [data-confirmed] sends the form that asked last.
import { each } from "./once.js";

const asking = new WeakMap();

function ask(form, dialog) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.agreed === "yes") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asking.set(dialog, { form, submitter: event.submitter });
    dialog.showModal();
  });
}

function agree(dialog) {
  // It stays open until the next page is there: a second click must not reach what lies below it.
  dialog.querySelector("[data-confirmed]").addEventListener("click", () => {
    const { form, submitter } = asking.get(dialog);
    form.dataset.agreed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.agreed;
  });
}

export function wireConfirm(root) {
  each(root, "form[data-confirm]", "confirm", (form) => {
    const dialog = document.getElementById(form.dataset.confirm);
    if (!dialog?.showModal) return;
    ask(form, dialog);
    each(dialog, "dialog", "confirmed", agree);
  });
}

window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const button of document.querySelectorAll("dialog[open] [data-confirmed]")) button.closest("dialog").close();
});
