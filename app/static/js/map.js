// A map of price pills over a local France, or over a tile server when one is set. Loaded by maps.js when needed.
import { Circle, Control, DivIcon, LatLngBounds, Map as LeafletMap, Marker, Polygon, TileLayer } from "./leaflet.js";

const FRANCE = [[41.3, -5.2], [51.1, 9.6]];
const RANK_ZOOM = { 1: 4.5, 2: 6, 3: 7.5, 4: 8.5 };
const GROUP_PX = 46;

/** A div with a class and a text: never HTML from data. */
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function cityMarker(feature, latlng) {
  const icon = new DivIcon({ className: "", iconSize: [0, 0], html: element("span", "map-city", feature.properties.name) });
  return new Marker(latlng, { icon, interactive: false, keyboard: false });
}

async function drawFrance(map, url) {
  const data = await (await fetch(url)).json();
  const lands = data.features.filter(({ properties }) => properties.kind !== "city");
  for (const { properties, geometry } of lands) {
    const rings = geometry.coordinates.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => [lat, lon])));
    const className = properties.kind === "france" ? "map-france" : "map-far";
    new Polygon(rings, { className, fillOpacity: 1, interactive: false }).addTo(map).bringToBack();
  }
  const cities = data.features
    .filter(({ properties }) => properties.kind === "city")
    .map((feature) => ({
      rank: feature.properties.rank,
      marker: cityMarker(feature, [...feature.geometry.coordinates].reverse()),
    }));
  const sift = () => {
    for (const { rank, marker } of cities) {
      if (map.getZoom() >= RANK_ZOOM[rank]) marker.addTo(map);
      else marker.remove();
    }
  };
  map.on("zoomend", sift);
  sift();
}

function card(place) {
  const box = element("div", "pin-card");
  const link = element("a", "", place.title);
  link.href = place.url;
  box.append(link, element("span", "small quiet", place.place), element("b", "", label(place)));
  return box;
}

function label(place) {
  const net = document.documentElement.dataset.priceBasis === "net";
  return (net && place.net) || place.gross || place.title;
}

function pin(text, kind = "") {
  return new DivIcon({ className: "", iconSize: [0, 0], html: element("span", `pin ${kind}`, text) });
}

/** Places so near one another on the screen that their pills would overlap, as one group each. */
function group(map, places) {
  const groups = [];
  for (const place of places) {
    const at = map.latLngToLayerPoint([place.lat, place.lon]);
    const near = groups.find((g) => Math.abs(g.at.x - at.x) < GROUP_PX && Math.abs(g.at.y - at.y) < GROUP_PX * 0.7);
    if (near) near.places.push(place);
    else groups.push({ at, places: [place] });
  }
  return groups;
}

function drawGroup(map, { places }) {
  if (places.length === 1 && !places[0].url) return new Marker([places[0].lat, places[0].lon], { icon: pin("", "place"), interactive: false, keyboard: false });
  if (places.length === 1) {
    const [place] = places;
    const options = { icon: pin(label(place)), title: place.title, alt: `${place.title}, ${label(place)}` };
    return new Marker([place.lat, place.lon], options).bindPopup(() => card(place));
  }
  const bounds = new LatLngBounds(places.map(({ lat, lon }) => [lat, lon]));
  const marker = new Marker(bounds.getCenter(), { icon: pin(String(places.length), "group"), alt: String(places.length) });
  return marker.on("click", () => map.fitBounds(bounds, { padding: [60, 60], maxZoom: 12 }));
}

function drawPlaces(map, places) {
  let drawn = [];
  const draw = () => {
    for (const marker of drawn) marker.remove();
    drawn = group(map, places).map((each) => drawGroup(map, each).addTo(map));
  };
  map.on("zoomend", draw);
  document.addEventListener("pricebasis", draw);
  draw();
}

function frame(map, places, around) {
  if (around) map.fitBounds(around.getBounds(), { padding: [12, 12] });
  else if (places.length > 1) map.fitBounds(places.map(({ lat, lon }) => [lat, lon]), { padding: [48, 48], maxZoom: 10 });
  else if (places.length) map.setView([places[0].lat, places[0].lon], 8);
}

/** Draws the map described by the element's data-attributes and by the JSON script inside it. */
export async function show(host) {
  const { basemap, tiles, attribution, lat, lon, radiusKm } = host.dataset;
  const places = JSON.parse(host.querySelector('script[type="application/json"]')?.textContent ?? "[]");
  host.replaceChildren();
  const map = new LeafletMap(host, { zoomSnap: 0.5, minZoom: 4.5, maxZoom: tiles ? 18 : 11, scrollWheelZoom: false, zoomControl: false, attributionControl: false });
  map.fitBounds(FRANCE);
  new Control.Zoom({ zoomInTitle: host.dataset.zoomIn, zoomOutTitle: host.dataset.zoomOut }).addTo(map);
  new Control.Attribution({ prefix: false }).addAttribution(attribution).addTo(map);
  if (tiles) new TileLayer(tiles, { maxZoom: 18 }).addTo(map);
  else await drawFrance(map, basemap);
  const around = radiusKm && lat && new Circle([lat, lon], { radius: radiusKm * 1000, className: "map-radius", interactive: false }).addTo(map);
  frame(map, places, around);
  drawPlaces(map, places);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
}
