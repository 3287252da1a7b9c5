// <span data-until="2026-03-12T18:00:00Z" data-over="…">: the server's words, kept true each minute while the page is open.
import { each } from "./once.js";

const SOON = 24 * 3600;
const units = { day: 86400, hour: 3600, minute: 60 };

function words(seconds, lang) {
  const show = (count, unit) =>
    new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: unit === "day" ? "long" : "short" }).format(count);
  if (seconds >= 2 * units.day) return show(Math.floor(seconds / units.day), "day");
  const hours = Math.floor(seconds / units.hour);
  const minutes = Math.floor((seconds % units.hour) / units.minute);
  return [hours && show(hours, "hour"), hours < 10 && show(minutes, "minute")].filter(Boolean).join(" ");
}

function tick(element) {
  const left = Math.floor((Date.parse(element.dataset.until) - Date.now()) / 1000);
  const text = element.querySelector("[data-left]");
  if (left <= 0) {
    element.querySelector("[data-lead]")?.remove();
    text.textContent = element.dataset.over;
    return;
  }
  element.toggleAttribute("data-soon", left < SOON);
  text.textContent = words(left, document.documentElement.lang);
  setTimeout(tick, Math.min(60, left) * 1000, element);
}

export function wireCountdowns(root) {
  each(root, "[data-until]", "countdown", tick);
}
