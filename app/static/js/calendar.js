// <table data-grid> of cells with a box each, in a form: drawn on with a mouse or a finger, walked with the arrow keys.
// The boxes stay what the form sends; the script only ticks them.
import { each } from "./once.js";

const HOLD = 350; // a finger that rests this long draws; one that moves before scrolls the page
const SLIP = 10;
let returnTo = null; // the cell to stand on again after the grid was swapped

/** The cells as rows of columns; null where there is nothing to choose. */
function matrix(table) {
  return [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")].map((cell) => (cell.querySelector("input") ? cell : null)));
}

class Grid {
  constructor(table) {
    this.table = table;
    this.form = table.closest("form");
    this.act = this.form.querySelector("[data-act]");
    this.rows = matrix(table);
    this.cells = this.rows.flat().filter(Boolean);
    this.at = this.cells[0];
    this.anchor = null;
    this.dress();
    this.point();
    this.type();
    table.closest("[data-calendar]").addEventListener("htmx:beforeRequest", ({ target }) => {
      if (target.matches("form")) returnTo = { key: this.box(this.at).value, undo: document.activeElement?.matches("[data-undo]") };
    });
    this.act.querySelector("[data-clear]").hidden = false;
    this.act.querySelector("[data-clear]").addEventListener("click", () => this.clear(true));
  }

  box(cell) { return cell.querySelector("input"); }

  dress() {
    const { table } = this;
    table.dataset.drawn = "";
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    for (const row of table.rows) row.setAttribute("role", "row");
    for (const td of table.querySelectorAll("tbody td")) td.setAttribute("role", "gridcell");
    for (const cell of this.cells) {
      const box = this.box(cell);
      cell.setAttribute("aria-label", box.getAttribute("aria-label"));
      cell.tabIndex = cell === this.at ? 0 : -1;
      box.hidden = true;
      box.checked = false;
      this.mark(cell);
    }
  }

  mark(cell) { cell.setAttribute("aria-selected", String(this.box(cell).checked)); }

  set(cell, chosen) {
    if (this.box(cell).checked === chosen) return;
    this.box(cell).checked = chosen;
    this.mark(cell);
  }

  /** All cells between two, as a block of rows and columns in hours, in reading order in days. */
  between(one, two) {
    const place = (cell) => { const y = this.rows.findIndex((row) => row.includes(cell)); return [y, this.rows[y].indexOf(cell)]; };
    if (this.table.dataset.grid === "month") {
      const [a, b] = [this.cells.indexOf(one), this.cells.indexOf(two)].sort((x, y) => x - y);
      return this.cells.slice(a, b + 1);
    }
    const [[y1, x1], [y2, x2]] = [place(one), place(two)];
    return this.cells.filter((cell) => {
      const [y, x] = place(cell);
      return y >= Math.min(y1, y2) && y <= Math.max(y1, y2) && x >= Math.min(x1, x2) && x <= Math.max(x1, x2);
    });
  }

  /** What was chosen before, and all from the anchor to here. */
  stretch(cell) {
    const block = new Set(this.between(this.anchor, cell));
    for (const each of this.cells) this.set(each, this.wanted ? block.has(each) || this.before.has(each) : !block.has(each) && this.before.has(each));
    this.tell();
  }

  begin(cell, wanted = !this.box(cell).checked) {
    this.anchor = cell;
    this.wanted = wanted;
    this.before = new Set(this.cells.filter((each) => this.box(each).checked));
    this.stretch(cell);
  }

  tell() {
    const count = this.cells.filter((cell) => this.box(cell).checked).length;
    this.act.toggleAttribute("data-some", count > 0);
    const words = count ? this.table.dataset.one.replace("{n}", count) : "";
    this.act.querySelector("[data-count]").textContent = words;
    say(words ? `${words}. ${this.table.dataset.keys}` : this.table.dataset.none);
  }

  clear(back = false) {
    this.anchor = null;
    for (const cell of this.cells) this.set(cell, false);
    this.tell();
    if (back) this.stand(this.at);
  }

  stand(cell) {
    if (!cell) return;
    this.at.tabIndex = -1;
    cell.tabIndex = 0;
    this.at = cell;
    cell.focus();
  }

  /** Closes what is chosen, or opens it when all of it is closed. */
  send() {
    if (!this.cells.some((cell) => this.box(cell).checked)) this.set(this.at, true);
    const open = this.cells.some((cell) => this.box(cell).checked && this.box(cell).dataset.open);
    this.act.querySelector(open ? "[value=close]" : "[value=open]").click();
  }

  // A mouse, a pen, a finger

  point() {
    const { table } = this;
    let waiting = 0, start = null, drawing = false;
    const stop = () => { clearTimeout(waiting); waiting = 0; start = null; drawing = false; };
    const draw = (cell) => { drawing = true; this.stand(cell); this.begin(cell); };
    table.addEventListener("pointerdown", (event) => {
      const cell = this.cellOf(event.target);
      if (!cell || event.button !== 0) return;
      start = { x: event.clientX, y: event.clientY, cell, shift: event.shiftKey };
      if (event.pointerType === "touch") waiting = setTimeout(() => { waiting = 0; draw(cell); navigator.vibrate?.(10); }, HOLD);
      else { event.preventDefault(); if (event.shiftKey && this.anchor) { drawing = true; this.stretch(cell); } else draw(cell); }
    });
    document.addEventListener("pointermove", (event) => {
      if (!start || !table.isConnected) return;
      if (waiting && Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP) return stop();
      const cell = drawing && this.cellOf(document.elementFromPoint(event.clientX, event.clientY));
      if (cell) this.stretch(cell);
    });
    document.addEventListener("pointerup", () => {
      if (start && waiting) { const { cell } = start; this.stand(cell); this.begin(cell); } // a tap
      stop();
    });
    document.addEventListener("pointercancel", stop);
    table.addEventListener("touchmove", (event) => { if (drawing) event.preventDefault(); }, { passive: false });
    table.addEventListener("contextmenu", (event) => { if (drawing || waiting) event.preventDefault(); });
    table.addEventListener("click", (event) => { if (this.cellOf(event.target)) event.preventDefault(); }); // the label's own tick
  }

  cellOf(node) {
    const cell = node?.closest?.("td");
    return cell && this.table.contains(cell) && this.box(cell) ? cell : null;
  }

  // The keyboard

  type() {
    this.table.addEventListener("keydown", (event) => {
      if (!this.cellOf(event.target)) return;
      const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -99], End: [0, 99], PageUp: [-99, 0], PageDown: [99, 0] };
      const undo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
      if (event.key in moves) this.walk(...moves[event.key], event.shiftKey);
      else if (event.key === " ") this.begin(this.at);
      else if (event.key === "Enter") this.send();
      else if (event.key === "Escape") this.clear();
      else if (undo) this.table.closest("[data-calendar]").querySelector("[data-undo]")?.click();
      else return;
      event.preventDefault();
    });
    this.table.addEventListener("focusin", (event) => { const cell = this.cellOf(event.target); if (cell && cell !== this.at) { this.at.tabIndex = -1; cell.tabIndex = 0; this.at = cell; } });
  }

  walk(down, right, stretching) {
    const y = this.rows.findIndex((row) => row.includes(this.at));
    const next = right ? this.along(this.rows[y], this.at, right, y) : this.along(this.rows.map((row) => row[this.rows[y].indexOf(this.at)]), this.at, down);
    if (!next) return;
    if (stretching && !this.anchor) this.begin(this.at, true);
    this.stand(next);
    if (stretching) this.stretch(next);
  }

  /** The next cell of a line, by so many; days go on in the next week. */
  along(line, from, step, y = null) {
    const cells = line.filter(Boolean), at = cells.indexOf(from) + step;
    if (Math.abs(step) > 1) return cells.at(step < 0 ? 0 : -1);
    if (cells[at] && at >= 0) return cells[at];
    return y !== null && this.table.dataset.grid === "month" ? this.cells[this.cells.indexOf(from) + step] : null;
  }
}

function say(text) {
  const status = document.getElementById("status");
  if (status && status.textContent !== text) status.textContent = text;
}

export function wireCalendars(root) {
  each(root, "table[data-grid]", "calendar", (table) => {
    if (!table.querySelector("input")) return;
    const grid = new Grid(table);
    const said = table.closest("[data-calendar]").querySelector("[data-said]");
    if (said && returnTo) say(said.textContent);
    if (!returnTo) return;
    const again = returnTo.undo && table.closest("[data-calendar]").querySelector("[data-undo]");
    grid.stand(grid.cells.find((cell) => grid.box(cell).value === returnTo.key) ?? grid.at);
    if (again) again.focus({ preventScroll: true });
    returnTo = null;
  });
}
