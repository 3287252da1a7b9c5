// The local base map: France and its neighbours from Natural Earth (public domain, through the world-atlas package),
// cut to the window around France, simplified, and with the cities that help a reader find her way.
import { createRequire } from "node:module";
import { feature } from "topojson-client";

const world = createRequire(import.meta.url)("world-atlas/countries-10m.json");
const WINDOW = { west: -13, south: 38.5, east: 18, north: 54.5 };
const FRANCE = "250";
const TOLERANCE = { france: 0.011, neighbour: 0.06 }; // degrees: about 1.2 and 6 km
// Name, latitude, longitude, rank (1 shows first).
const CITIES = [
  ["Paris", 48.857, 2.352, 1], ["Lyon", 45.758, 4.835, 1], ["Marseille", 43.297, 5.37, 1], ["Bordeaux", 44.838, -0.579, 1],
  ["Lille", 50.633, 3.058, 1], ["Nantes", 47.218, -1.554, 1], ["Toulouse", 43.604, 1.444, 1], ["Strasbourg", 48.584, 7.745, 1],
  ["Nice", 43.701, 7.268, 2], ["Rennes", 48.112, -1.675, 2], ["Montpellier", 43.611, 3.877, 2], ["Dijon", 47.322, 5.041, 2],
  ["Clermont-Ferrand", 45.777, 3.083, 2], ["Grenoble", 45.188, 5.724, 2], ["Brest", 48.39, -4.486, 2], ["Tours", 47.394, 0.684, 2],
  ["Reims", 49.258, 4.032, 2], ["Rouen", 49.443, 1.1, 2], ["Limoges", 45.834, 1.262, 2], ["Ajaccio", 41.919, 8.738, 2],
  ["Annecy", 45.899, 6.129, 3], ["Angers", 47.474, -0.555, 3], ["Orléans", 47.902, 1.909, 3], ["Metz", 49.12, 6.176, 3],
  ["Nancy", 48.692, 6.184, 3], ["Caen", 49.183, -0.37, 3], ["Le Mans", 48.006, 0.199, 3], ["Perpignan", 42.699, 2.895, 3],
  ["Biarritz", 43.483, -1.559, 3], ["La Rochelle", 46.16, -1.151, 3], ["Besançon", 47.238, 6.024, 3], ["Poitiers", 46.58, 0.34, 3],
  ["Avignon", 43.949, 4.806, 3], ["Amiens", 49.894, 2.302, 3], ["Troyes", 48.297, 4.074, 3], ["Vannes", 47.658, -2.76, 3],
  ["Pau", 43.296, -0.371, 3], ["Bastia", 42.697, 9.451, 3], ["Saint-Étienne", 45.434, 4.39, 3], ["Chambéry", 45.564, 5.917, 3],
  ["Toulon", 43.124, 5.928, 3], ["Mulhouse", 47.75, 7.336, 3], ["Quimper", 47.996, -4.102, 3], ["Bourges", 47.081, 2.399, 3],
  ["Valence", 44.933, 4.892, 4], ["Vienne", 45.525, 4.874, 4], ["Villefranche-sur-Saône", 45.985, 4.718, 4], ["Mâcon", 46.307, 4.833, 4],
  ["Bourg-en-Bresse", 46.205, 5.226, 4], ["Roanne", 46.036, 4.068, 4], ["Albertville", 45.676, 6.392, 4], ["Chamonix", 45.924, 6.869, 4],
  ["Gap", 44.559, 6.079, 4], ["Briançon", 44.899, 6.643, 4], ["Aix-en-Provence", 43.529, 5.447, 4], ["Nîmes", 43.837, 4.36, 4],
  ["Cannes", 43.552, 7.017, 4], ["Béziers", 43.344, 3.215, 4], ["Carcassonne", 43.213, 2.354, 4], ["Albi", 43.928, 2.148, 4],
  ["Rodez", 44.351, 2.575, 4], ["Aurillac", 44.926, 2.44, 4], ["Le Puy-en-Velay", 45.043, 3.885, 4], ["Tarbes", 43.233, 0.078, 4],
  ["Agen", 44.203, 0.616, 4], ["Périgueux", 45.184, 0.721, 4], ["Brive-la-Gaillarde", 45.16, 1.533, 4], ["Angoulême", 45.65, 0.16, 4],
  ["Niort", 46.325, -0.459, 4], ["Arcachon", 44.66, -1.17, 4], ["La Roche-sur-Yon", 46.67, -1.426, 4], ["Saint-Nazaire", 47.28, -2.21, 4],
  ["Lorient", 47.749, -3.366, 4], ["Saint-Brieuc", 48.514, -2.765, 4], ["Saint-Malo", 48.649, -2.026, 4], ["Laval", 48.07, -0.77, 4],
  ["Alençon", 48.431, 0.091, 4], ["Deauville", 49.357, 0.07, 4], ["Le Havre", 49.494, 0.108, 4], ["Cherbourg", 49.634, -1.622, 4],
  ["Chartres", 48.446, 1.489, 4], ["Blois", 47.594, 1.328, 4], ["Châteauroux", 46.811, 1.692, 4], ["Nevers", 46.99, 3.159, 4],
  ["Auxerre", 47.798, 3.573, 4], ["Versailles", 48.804, 2.13, 4], ["Fontainebleau", 48.405, 2.702, 4], ["Beauvais", 49.43, 2.081, 4],
  ["Compiègne", 49.418, 2.826, 4], ["Dunkerque", 51.034, 2.377, 4], ["Calais", 50.951, 1.859, 4], ["Arras", 50.291, 2.777, 4],
  ["Valenciennes", 50.357, 3.523, 4], ["Charleville-Mézières", 49.773, 4.72, 4], ["Épinal", 48.174, 6.451, 4], ["Colmar", 48.079, 7.359, 4],
  ["Belfort", 47.639, 6.863, 4], ["Chaumont", 48.111, 5.139, 4], ["Beaune", 47.026, 4.84, 4], ["Chalon-sur-Saône", 46.781, 4.854, 4],
  ["Vichy", 46.127, 3.426, 4], ["Guéret", 46.171, 1.871, 4], ["Porto-Vecchio", 41.591, 9.279, 4], ["Calvi", 42.567, 8.757, 4],
];

const EDGES = [
  { inside: (p) => p[0] >= WINDOW.west, axis: 0, at: WINDOW.west },
  { inside: (p) => p[0] <= WINDOW.east, axis: 0, at: WINDOW.east },
  { inside: (p) => p[1] >= WINDOW.south, axis: 1, at: WINDOW.south },
  { inside: (p) => p[1] <= WINDOW.north, axis: 1, at: WINDOW.north },
];

/** Where the segment from a to b crosses an edge of the window. */
function crossing(a, b, { axis, at }) {
  const other = 1 - axis;
  const point = [0, 0];
  point[axis] = at;
  point[other] = a[other] + ((b[other] - a[other]) * (at - a[axis])) / (b[axis] - a[axis]);
  return point;
}

/** The part of a ring inside the window (Sutherland and Hodgman's way). */
function clip(ring) {
  return EDGES.reduce((points, edge) => {
    const kept = [];
    points.forEach((point, index) => {
      const before = points[(index + points.length - 1) % points.length];
      if (edge.inside(point) !== edge.inside(before)) kept.push(crossing(before, point, edge));
      if (edge.inside(point)) kept.push(point);
    });
    return kept;
  }, ring);
}

/** Squared distance of p from the segment a to b, longitudes shrunk to France's latitude. */
function offset(p, a, b) {
  const k = 0.69;
  const [x, y, dx, dy] = [(p[0] - a[0]) * k, p[1] - a[1], (b[0] - a[0]) * k, b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, (x * dx + y * dy) / length)) : 0;
  return (x - t * dx) ** 2 + (y - t * dy) ** 2;
}

/** The line with fewer points, none of those dropped farther than tolerance from it (Douglas and Peucker's way). */
function simplify(points, tolerance) {
  if (points.length < 3) return points;
  let [far, at] = [0, 0];
  for (let i = 1; i < points.length - 1; i += 1) {
    const distance = offset(points[i], points[0], points.at(-1));
    if (distance > far) [far, at] = [distance, i];
  }
  if (far <= tolerance ** 2) return [points[0], points.at(-1)];
  return [...simplify(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplify(points.slice(at), tolerance)];
}

function shape(geometry, tolerance, decimals) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons
    .map((polygon) => clip(polygon[0].slice(0, -1)))
    .filter((ring) => ring.length > 3)
    .map((ring) => {
      const middle = Math.floor(ring.length / 2); // a closed line has no ends of its own: simplify its two halves
      const halves = [simplify(ring.slice(0, middle + 1), tolerance), simplify([...ring.slice(middle), ring[0]], tolerance)];
      return [...halves[0].slice(0, -1), ...halves[1]].map(([x, y]) => [Number(x.toFixed(decimals)), Number(y.toFixed(decimals))]);
    })
    .filter((ring) => ring.length > 4)
    .map((ring) => [ring]);
}

/** GeoJSON: polygons with kind "france" or "neighbour", points with kind "city", a name and a rank. */
export function basemap() {
  const lands = feature(world, world.objects.countries).features.flatMap(({ id, geometry }) => {
    const kind = id === FRANCE ? "france" : "neighbour";
    const coordinates = shape(geometry, TOLERANCE[kind], kind === "france" ? 3 : 2);
    if (!coordinates.length) return [];
    return [{ type: "Feature", properties: { kind }, geometry: { type: "MultiPolygon", coordinates } }];
  });
  const cities = CITIES.map(([name, lat, lon, rank]) => ({
    type: "Feature",
    properties: { kind: "city", name, rank },
    geometry: { type: "Point", coordinates: [lon, lat] },
  }));
  return { type: "FeatureCollection", features: [...lands, ...cities] };
}
