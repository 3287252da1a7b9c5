// Offers to ask: forms [data-pick] send themselves and bring back the tray; without JavaScript they post and return.
import { each } from "./once.js";

function say(text) {
  const status = document.getElementById("status");
  if (status && text) status.textContent = text;
}

async function send(form, event) {
  event.preventDefault();
  const button = form.querySelector("button");
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form, event.submitter),
    headers: { "HX-Request": "true" },
  });
  if (!answer.ok || answer.redirected) {
    form.submit(); // the page itself will say why
    return;
  }
  const tray = document.getElementById("tray");
  if (tray) tray.outerHTML = await answer.text();
  const fresh = document.getElementById("tray");
  const picked = new Set((fresh?.dataset.picked ?? "").split(" "));
  for (const other of document.querySelectorAll("form[data-pick]")) show(other, picked.has(other.dataset.pick));
  button.focus();
  say(fresh?.dataset.says);
}

function show(form, picked) {
  const button = form.querySelector("button");
  button.setAttribute("aria-pressed", String(picked));
  button.querySelector("[data-label]").textContent = picked ? button.dataset.on : button.dataset.off;
}

export function wireTray(root) {
  each(root, "form[data-pick]", "tray", (form) => form.addEventListener("submit", (event) => send(form, event)));
}
