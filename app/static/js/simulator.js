// <form data-simulator="/offers/…/price" data-target="#id">: asks the server for the price again while the headcount changes.
import { each } from "./once.js";

const PAUSE = 200;

function pair(form) {
  const [range, number] = [form.querySelector("[type=range]"), form.querySelector("[type=number]")];
  if (!range || !number) return;
  range.addEventListener("input", () => {
    number.value = range.value;
  });
  number.addEventListener("input", () => {
    range.value = number.value;
  });
}

export function wireSimulators(root) {
  each(root, "form[data-simulator]", "simulator", (form) => {
    const target = document.querySelector(form.dataset.target);
    let timer;
    let asked = 0;
    const refresh = async () => {
      const mine = (asked += 1);
      const query = new URLSearchParams(new FormData(form));
      const answer = await fetch(`${form.dataset.simulator}?${query}`, { headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (mine === asked && (answer.ok || answer.status === 422)) target.innerHTML = text;
    };
    pair(form);
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    });
  });
}
