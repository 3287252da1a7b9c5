// <div class="map" data-map …>: fetches the map's own code when the map comes into view, never before.
import { each } from "./once.js";

export function wireMaps(root) {
  each(root, "[data-map]", "map", (element) => {
    const watcher = new IntersectionObserver(
      async (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watcher.disconnect();
        const { show } = await import("./map.js");
        await show(element);
      },
      { rootMargin: "200px" },
    );
    watcher.observe(element);
  });
}
