// Menus are <details>: they work alone. Here they also close on Escape, on a click elsewhere and when another opens.
import { each } from "./once.js";

export function wireMenus(root) {
  each(root, "details.menu", "menu", (menu) => {
    menu.addEventListener("toggle", () => {
      if (!menu.open) return;
      for (const other of document.querySelectorAll("details.menu[open]")) if (other !== menu) other.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  each(root, "details[data-wide-open]", "wide", (details) => {
    const wide = matchMedia("(min-width: 62rem)");
    const follow = () => {
      if (wide.matches) details.open = true;
    };
    wide.addEventListener("change", follow);
    follow();
  });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
