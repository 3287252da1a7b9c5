/** Calls wire on each element under root (root included) that matches, once in the element's life. */
export function each(root, selector, name, wire) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    element.wired ??= new Set();
    if (element.wired.has(name)) continue;
    element.wired.add(name);
    wire(element);
  }
}
