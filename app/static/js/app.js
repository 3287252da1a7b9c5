// Entry of every page. Each module wires the elements it knows by data-attribute, again after each htmx swap.
import htmx from "htmx.org/dist/htmx.esm.js";
import { wireCalendars } from "./calendar.js";
import { wireConfirm } from "./confirm.js";
import { wireCopy } from "./copy.js";
import { wireCountdowns } from "./countdown.js";
import { wireDialogs } from "./dialogs.js";
import { wireEditors } from "./editor.js";
import { wireFilters } from "./filters.js";
import { wireForms } from "./forms.js";
import { wireMaps } from "./maps.js";
import { wireMenus } from "./menus.js";
import { wirePhotos } from "./photos.js";
import { wirePrices } from "./prices.js";
import { wireSimulators } from "./simulator.js";
import { wireTray } from "./tray.js";

const WIRES = [
  wireCalendars, wireConfirm, wireCopy, wireCountdowns, wireDialogs, wireEditors, wireFilters, wireForms, wireMaps, wireMenus, wirePhotos, wirePrices, wireSimulators, wireTray,
];

/** Wires everything inside root that is not wired yet. */
function wire(root) {
  for (const each of WIRES) each(root);
}

const token = document.querySelector('meta[name="csrf-token"]')?.content;
document.addEventListener("htmx:configRequest", (event) => {
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  // A refused form comes back with its sentences: show it.
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});
htmx.onLoad(wire);
document.documentElement.dataset.js = "";
