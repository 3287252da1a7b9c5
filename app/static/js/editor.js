// [data-editor]: an offer's editor. One step at a time, what is typed kept at once, and the real page drawn beside it.
import { each } from "./once.js";

const PAUSE = 700;
const PATIENCE = [2000, 5000, 15000];
const SLOW = 1000;

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

/** Shows one section of the form; the address says which, so that Back works. */
function wireSteps(editor, form) {
  const sections = [...form.querySelectorAll("[data-step]")];
  const steps = [...editor.querySelectorAll(".steps [data-to]")];
  const [back, next] = [form.querySelector("[data-step-back]"), form.querySelector("[data-step-next]")];
  const name = (section) => editor.querySelector(`[data-to="${section.dataset.step}"] a`).textContent;
  const go = (section) => {
    location.hash = section.id;
  };
  const label = (button, words, section) => {
    button.hidden = !section;
    button.textContent = section ? filled(words, { step: name(section) }) : "";
    button.onclick = () => go(section);
  };
  const show = (section) => {
    const at = sections.indexOf(section);
    for (const one of sections) one.hidden = one !== section;
    for (const step of steps) {
      if (step.dataset.to === section.dataset.step) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
    steps[at].scrollIntoView({ block: "nearest", inline: "center" });
    label(back, editor.dataset.back, sections[at - 1]);
    label(next, editor.dataset.next, sections[at + 1]);
  };
  const asked = () => (location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null);
  const wrong = form.querySelector('[aria-invalid="true"], [data-step] .error:not(:empty)')?.closest("[data-step]");
  const first = wrong ?? sections[0];
  const follow = () => {
    const target = asked();
    const section = location.hash ? target?.closest("[data-step]") : first;
    if (!section) return;
    show(section);
    if (!target) return;
    const head = target === section ? section.querySelector("h2") : target;
    if (target === section) head.tabIndex = -1;
    head.focus({ preventScroll: true });
    (target === section ? editor : target).scrollIntoView({ block: target === section ? "start" : "center" });
  };
  show(asked()?.closest("[data-step]") ?? first);
  addEventListener("hashchange", follow);
  form.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow(); // the same error asked for twice
  });
}

/** Draws the page in a new frame behind the old one, and changes them when it has come: nothing blinks. */
function wirePreview(editor, form) {
  const box = editor.querySelector("[data-frames]");
  const tabs = [...editor.querySelectorAll("[data-shows]")];
  let [shown, coming, stale] = [null, null, true];
  const calm = (frame) => {
    const page = frame.contentDocument;
    page.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (link && !link.getAttribute("href").startsWith("#")) event.preventDefault();
    });
    page.addEventListener("submit", (event) => event.preventDefault(), true);
  };
  const arrive = (frame) => {
    if (frame !== coming) return;
    calm(frame);
    frame.contentWindow.scrollTo(0, shown?.contentWindow.scrollY ?? 0);
    shown?.remove();
    [shown, coming] = [frame, null];
    frame.classList.remove("coming");
  };
  const draw = () => {
    stale = !box.offsetParent;
    if (stale) return;
    coming?.remove();
    coming = document.createElement("iframe");
    coming.className = "preview-frame coming";
    coming.title = box.dataset.title;
    coming.src = `${editor.dataset.live}?tab=${encodeURIComponent(form.elements.tab.value)}`;
    coming.addEventListener("load", ({ target }) => arrive(target));
    box.append(coming);
  };
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      editor.dataset.view = tab.dataset.shows;
      for (const one of tabs) one.setAttribute("aria-pressed", String(one === tab));
      if (stale) draw();
    });
  }
  new ResizeObserver(() => stale && draw()).observe(box);
  return draw;
}

function tick(editor, done) {
  for (const step of editor.querySelectorAll("[data-to]")) {
    const is = Boolean(done[step.dataset.to]);
    step.classList.toggle("done", is);
    step.querySelector("[data-done-words]").textContent = is ? editor.dataset.done : editor.dataset.open;
  }
}

/** Sends what is typed as it is, a moment after the last key; tries again until it is kept. */
function wireKeeping(editor, form, draw) {
  const said = form.querySelector("[data-save-state]");
  const conflict = form.querySelector("[data-conflict]");
  let [timer, dirty, running, fails] = [0, false, false, 0];
  const left = `left ${editor.dataset.keep}`;
  /** What was sent while the page was left may have come after this page was asked for. */
  const catchUp = async () => {
    sessionStorage.removeItem(left);
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    if (!dirty && !running && Number(page.querySelector("[name=seen]")?.value) > Number(form.elements.seen.value)) location.reload();
  };
  const say = (words, tone = "") => {
    if (said.textContent !== words) said.textContent = words;
    said.dataset.tone = tone;
  };
  const typed = () => {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
    return data;
  };
  const kept = (answer) => {
    form.elements.seen.value = answer.token;
    form.elements.insist?.remove();
    conflict.hidden = true;
    say(answer.words, "yes");
    tick(editor, answer.done);
    draw();
  };
  const beside = (answer) => {
    conflict.querySelector("[data-conflict-words]").textContent = answer.words;
    conflict.hidden = false;
    say(editor.dataset.beside, "wait");
    draw();
  };
  const later = (words) => {
    dirty = true;
    say(words, "no");
    timer = setTimeout(send, PATIENCE[Math.min(fails, PATIENCE.length - 1)]);
    fails += 1;
  };
  async function send() {
    clearTimeout(timer);
    if (running) return;
    [running, dirty] = [true, false];
    const slow = setTimeout(() => say(editor.dataset.saving), SLOW);
    try {
      const answer = await fetch(editor.dataset.keep, { method: "POST", body: typed(), redirect: "manual" });
      const ours = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (ours) {
        fails = 0;
        (answer.ok ? kept : beside)(await answer.json());
      } else later(answer.status >= 500 || answer.status === 429 ? editor.dataset.offline : editor.dataset.refused);
    } catch {
      later(editor.dataset.offline);
    }
    clearTimeout(slow);
    running = false;
    form.toggleAttribute("data-unsaved", dirty);
    if (dirty && !fails) soon();
  }
  const soon = () => {
    dirty = true;
    form.toggleAttribute("data-unsaved", true);
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  };
  for (const kind of ["input", "change", "htmx:afterSwap"]) form.addEventListener(kind, soon);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = false;
  });
  form.querySelector("[data-insist]").addEventListener("click", () => {
    const insist = Object.assign(document.createElement("input"), { type: "hidden", name: "insist", value: "yes" });
    form.append(insist);
    send();
  });
  form.querySelector("[data-leave]").addEventListener("click", () => {
    dirty = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !dirty) return;
    navigator.sendBeacon(editor.dataset.keep, typed());
    sessionStorage.setItem(left, "yes");
  });
  if (sessionStorage.getItem(left)) setTimeout(catchUp, PAUSE);
  addEventListener("beforeunload", (event) => {
    if (dirty && fails) event.preventDefault();
  });
}

export function wireEditors(root) {
  each(root, "[data-editor]", "editor", (editor) => {
    const form = editor.querySelector("form");
    wireSteps(editor, form);
    wireKeeping(editor, form, wirePreview(editor, form));
  });
}
