// <button data-copy="#id" data-done="Copié">: puts a text on the clipboard and says so.
import { each } from "./once.js";

export function wireCopy(root) {
  each(root, "[data-copy]", "copy", (button) => {
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent;
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
      label.textContent = button.dataset.done;
      setTimeout(() => {
        label.textContent = before;
      }, 2000);
    });
  });
}
