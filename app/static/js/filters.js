// <form data-filters>: sends itself when a box is ticked or a number settles; empty fields stay out of the address.
import { each } from "./once.js";

const PAUSE = 350;

export function wireFilters(root) {
  each(root, "form[data-filters]", "filters", (form) => {
    let timer;
    const send = (delay) => {
      clearTimeout(timer);
      timer = setTimeout(() => form.requestSubmit(), delay);
    };
    form.addEventListener("change", (event) => send(event.target.matches("[type=number],[type=range]") ? PAUSE : 0));
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
    document.addEventListener("htmx:configRequest", ({ detail }) => {
      if (detail.elt !== form) return;
      for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
    });
  });
}
