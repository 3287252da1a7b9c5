// The parts of Leaflet that our maps use, taken from its sources: a third less to send than the whole.
import { Attribution } from "leaflet/src/control/Control.Attribution.js";
import { Zoom } from "leaflet/src/control/Control.Zoom.js";
import { Map } from "leaflet/src/map/Map.js";
import { DoubleClickZoom } from "leaflet/src/map/handler/Map.DoubleClickZoom.js";
import { Drag } from "leaflet/src/map/handler/Map.Drag.js";
import { Keyboard } from "leaflet/src/map/handler/Map.Keyboard.js";
import { ScrollWheelZoom } from "leaflet/src/map/handler/Map.ScrollWheelZoom.js";
import { TouchZoom } from "leaflet/src/map/handler/Map.TouchZoom.js";
import "leaflet/src/layer/Popup.js";
import "leaflet/src/layer/vector/Renderer.getRenderer.js";

Object.assign(Map, { DoubleClickZoom, Drag, Keyboard, ScrollWheelZoom, TouchZoom });

export const Control = { Attribution, Zoom };
export { LatLngBounds } from "leaflet/src/geo/LatLngBounds.js";
export { DivIcon } from "leaflet/src/layer/marker/DivIcon.js";
export { Marker } from "leaflet/src/layer/marker/Marker.js";
export { TileLayer } from "leaflet/src/layer/tile/TileLayer.js";
export { Circle } from "leaflet/src/layer/vector/Circle.js";
export { Polygon } from "leaflet/src/layer/vector/Polygon.js";
export { Map };
