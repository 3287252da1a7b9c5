// [data-photos]: says at once that a photo is too heavy, before it is sent for nothing. The server checks all the same.
import { each } from "./once.js";

export function wirePhotos(root) {
  each(root, "[data-photos]", "photos", (box) => {
    const input = box.querySelector("[type=file]");
    const said = box.querySelector("[data-photos-error]");
    box.addEventListener(
      "change",
      (event) => {
        const files = [...input.files];
        const heavy = files.find((file) => file.size > Number(box.dataset.mostBytes));
        const total = files.reduce((sum, file) => sum + file.size, 0);
        const sentence = heavy ? `${heavy.name}\u00a0: ${box.dataset.tooHeavy}` : total > Number(box.dataset.mostTotal) ? box.dataset.tooMany : "";
        said.textContent = sentence;
        if (!sentence) return;
        input.value = "";
        event.stopImmediatePropagation();
      },
      true,
    );
  });
}
