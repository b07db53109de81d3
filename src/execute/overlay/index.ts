export { keepLayer } from "./keep-layer.ts";
export { mountOverlay } from "./mount-overlay.ts";
