// <button data-opens="id"> opens a <dialog>; [data-closes] closes it; so does a click beside it.
import { each } from "./once.js";

export function wireDialogs(root) {
  each(root, "[data-opens]", "opens", (button) => {
    button.addEventListener("click", (event) => {
      const dialog = document.getElementById(button.dataset.opens);
      if (!dialog?.showModal) return;
      event.preventDefault();
      dialog.showModal();
    });
  });
  each(root, "dialog", "dialog", (dialog) => {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-closes]")) dialog.close();
    });
  });
}
