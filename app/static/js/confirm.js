// <form data-confirm="dialog-id">: the dialog asks first; its button [data-confirmed] sends the form.
import { each } from "./once.js";

function ask(form, dialog) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.agreed === "yes") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    dialog.showModal();
    dialog.querySelector("[data-confirmed]").addEventListener(
      "click",
      () => {
        form.dataset.agreed = "yes";
        dialog.close();
        form.requestSubmit(submitter);
      },
      { once: true },
    );
  });
}

export function wireConfirm(root) {
  each(root, "form[data-confirm]", "confirm", (form) => {
    const dialog = document.getElementById(form.dataset.confirm);
    if (dialog?.showModal) ask(form, dialog);
  });
}
