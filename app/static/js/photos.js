// [data-photos]: several photos at once, dropped or chosen, each with its progress; their order by pointer or by keys.
import { each } from "./once.js";

const SEEN = 5000;

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

function changed(box) {
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Puts the server's list in the place of ours; what was typed meanwhile stays. */
function renew(box, html) {
  const list = new DOMParser().parseFromString(html, "text/html").getElementById("photo-rows");
  const old = box.querySelector("#photo-rows");
  for (const row of list.children) {
    const typed = old.querySelector(`[data-key="${row.dataset.key}"] input[name$="-alt"]`);
    if (typed) row.querySelector('input[name$="-alt"]').value = typed.value;
  }
  old.replaceWith(list);
  number(box);
  changed(box);
}

function number(box) {
  const rows = [...box.querySelectorAll(".photo-row")];
  rows.forEach((row, at) => {
    for (const words of row.querySelectorAll("button .sr")) words.textContent = words.textContent.replace(/\d+/, at + 1);
    const end = { earlier: at === 0, later: at === rows.length - 1 };
    for (const button of row.querySelectorAll("[data-photo]")) {
      if (end[button.dataset.photo]) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  });
  box.querySelector(".photo-help").hidden = rows.length < 2;
}

// Sending

function line(box, file) {
  const row = box.querySelector("[data-upload]").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", file.name);
  box.querySelector("[data-uploads]").append(row);
  return row;
}

function end(row, words, tone) {
  row.querySelector("progress").hidden = true;
  const said = row.querySelector("[data-state]");
  if (tone === "no") said.setAttribute("role", "alert");
  said.textContent = words;
  row.dataset.tone = tone;
  if (tone !== "no") setTimeout(() => row.remove(), SEEN);
}

function refusal(request) {
  try {
    return JSON.parse(request.responseText).words;
  } catch {
    return "";
  }
}

function send(box, file, row) {
  return new Promise((resolve) => {
    const { photos, sending, drawing, added, lost, tooHeavy } = box.dataset;
    const [bar, said] = [row.querySelector("progress"), row.querySelector("[data-state]")];
    if (file.size > Number(box.dataset.mostBytes)) {
      end(row, tooHeavy, "no");
      resolve();
      return;
    }
    const data = new FormData();
    data.append("csrf_token", box.closest("form").elements.csrf_token.value);
    data.append("uploads", file);
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = (100 * loaded) / total;
      said.textContent = `${sending} ${Math.round(bar.value)}\u202f%`;
    };
    request.upload.onload = () => {
      bar.removeAttribute("value");
      said.textContent = drawing;
    };
    request.onload = () => {
      if (request.status === 200) {
        end(row, added, "yes");
        renew(box, request.responseText);
        box.querySelector("[data-photos-said]").textContent = `${file.name}\u00a0: ${added}`;
      } else end(row, refusal(request).replace(`${file.name}\u00a0: `, "") || lost, "no");
      resolve();
    };
    request.onerror = () => {
      end(row, lost, "no");
      resolve();
    };
    request.open("POST", photos);
    request.send(data);
  });
}

function wireSending(box) {
  const input = box.querySelector("[type=file]");
  const zone = box.querySelector("[data-drop]");
  let queue = Promise.resolve();
  const take = (files) => {
    for (const file of files) {
      const row = line(box, file);
      queue = queue.then(() => send(box, file, row)); // one after the other: they stay in this order
    }
  };
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    take([...input.files]);
    input.value = "";
  });
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("over", event.type === "dragover" && box.contains(event.target));
  };
  for (const kind of ["dragover", "dragleave"]) document.addEventListener(kind, over);
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault(); // beside the zone, a browser would open the file in place of the form
    zone.classList.remove("over");
    if (box.contains(event.target)) take([...event.dataTransfer.files]);
  });
}

// Order

async function keepOrder(box) {
  const data = new URLSearchParams({ csrf_token: box.closest("form").elements.csrf_token.value });
  for (const row of box.querySelectorAll(".photo-row")) data.append("key", row.dataset.key);
  number(box);
  try {
    const answer = await fetch(box.dataset.order, { method: "POST", body: data, redirect: "manual" });
    if (!answer.ok) throw new Error(answer.statusText);
    changed(box);
  } catch {
    box.querySelector("[data-photos-said]").textContent = box.dataset.unsaved;
  }
}

function say(box, row) {
  const rows = [...box.querySelectorAll(".photo-row")];
  const words = filled(box.dataset.moved, { at: rows.indexOf(row) + 1, all: rows.length });
  box.querySelector("[data-photos-said]").textContent = words;
}

const MOVES = {
  earlier: (row) => row.previousElementSibling?.before(row),
  later: (row) => row.nextElementSibling?.after(row),
  cover: (row) => row.parentElement.prepend(row),
};

async function remove(box, button) {
  const form = box.closest("form");
  const at = [...box.querySelectorAll(".photo-row")].indexOf(button.closest(".photo-row"));
  const data = new FormData(form, button);
  data.delete("uploads");
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams([...data]), redirect: "manual" });
  if (!answer.ok) {
    form.requestSubmit(button);
    return;
  }
  renew(box, await answer.text());
  const rows = box.querySelectorAll(".photo-row");
  (rows[Math.min(at, rows.length - 1)]?.querySelector("[data-photo=remove]") ?? box.querySelector("[type=file]")).focus();
}

function wireButtons(box) {
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-photo]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".photo-row");
    if (button.dataset.photo === "remove") {
      remove(box, button);
      return;
    }
    if (button.getAttribute("aria-disabled")) {
      box.querySelector("[data-photos-said]").textContent = box.dataset.atEnd;
      return;
    }
    MOVES[button.dataset.photo](row);
    button.focus(); // moving an element takes its focus away
    row.scrollIntoView({ block: "nearest" });
    say(box, row);
    keepOrder(box);
  });
}

function wireDragging(box) {
  let held = null;
  let before = "";
  const keys = () => [...box.querySelectorAll(".photo-row")].map((row) => row.dataset.key).join();
  box.addEventListener("dragstart", (event) => event.target.closest("[data-grip]") && event.preventDefault());
  box.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button || (event.pointerType === "touch" && !event.target.closest("[data-handle]"))) return;
    event.preventDefault();
    [held, before] = [grip.closest(".photo-row"), keys()];
    box.setPointerCapture(event.pointerId);
    held.classList.add("held");
  });
  box.addEventListener("pointermove", ({ clientY }) => {
    if (!held) return;
    const over = [...box.querySelectorAll(".photo-row")].find((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return row !== held && clientY > top && clientY < bottom;
    });
    if (!over) return;
    const { top, height } = over.getBoundingClientRect();
    const after = held.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (after && clientY > top + height / 2) over.after(held);
    else if (!after && clientY < top + height / 2) over.before(held);
  });
  const drop = () => {
    if (!held) return;
    held.classList.remove("held");
    const row = held;
    held = null;
    if (keys() === before) return;
    say(box, row);
    keepOrder(box);
  };
  box.addEventListener("pointerup", drop);
  box.addEventListener("pointercancel", drop);
}

export function wirePhotos(root) {
  each(root, "[data-photos]", "photos", (box) => {
    wireSending(box);
    wireButtons(box);
    wireDragging(box);
  });
}
