/**
 * The page's own script. It makes trees of the nested lists (WAI-ARIA Authoring Practices, "Tree View"), filters them and the
 * tables, and marks what stands for what; it adds no text that comes from the page as markup.
 */
export const SCRIPT = `"use strict";
(() => {
const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);
const trees = all(".tree");
const isAway = (item) => item.classList.contains("away");
const parentOf = (item) => item.parentElement.closest("li");
const childrenOf = (item) => all(":scope>ul>li", item).filter((child) => !isAway(child));
const isOpen = (item) => item.getAttribute("aria-expanded") === "true";
const setOpen = (item, open) => { if (item.hasAttribute("aria-expanded")) item.setAttribute("aria-expanded", String(open)); };
const shown = (tree) => all("li[role=treeitem]", tree).filter((item) => {
  for (let at = item; at; at = parentOf(at)) if (isAway(at) || (at !== item && !isOpen(at))) return false;
  return true;
});

root.classList.add("js");
byId("toolbar").hidden = false;
for (const tree of trees) {
  tree.setAttribute("role", "tree");
  for (const list of all("ul", tree)) list.setAttribute("role", "group");
  for (const item of all("li[data-seek]", tree)) {
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-labelledby", item.id + "-row");
    item.setAttribute("aria-describedby", item.id + "-more");
    item.setAttribute("aria-selected", "false");
    item.tabIndex = -1;
    if (item.querySelector(":scope>ul")) item.setAttribute("aria-expanded", "true");
    let level = 1;
    for (let at = parentOf(item); at; at = parentOf(at)) level += 1;
    item.setAttribute("aria-level", String(level));
  }
  for (const link of all("a", tree)) link.tabIndex = -1;
  const first = tree.querySelector("li");
  if (first) first.tabIndex = 0;
}

function current(tree, item) {
  for (const other of all("[tabindex='0']", tree)) other.tabIndex = -1;
  item.tabIndex = 0;
}
function go(item) {
  for (let at = parentOf(item); at; at = parentOf(at)) setOpen(at, true);
  item.focus();
  item.firstElementChild.scrollIntoView({ block: "nearest" });
}
const matesOf = (item) => (item.dataset.mate || "").split(" ").map(byId).filter(Boolean);
function mark(item) {
  for (const other of all(".mate")) other.classList.remove("mate");
  if (item) for (const mate of matesOf(item)) mate.classList.add("mate");
}
const itemOf = (node) => node instanceof Element ? node.closest("li[role=treeitem]") : null;

let typed = "";
let typedAt = 0;
function typeahead(items, at, event) {
  typed = event.timeStamp - typedAt > 700 ? event.key : typed + event.key;
  typedAt = event.timeStamp;
  const next = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  const from = typed.length > 1 ? [items[at], ...next] : next;
  return from.find((item) => item.querySelector(".name").textContent.toLowerCase().startsWith(typed.toLowerCase()));
}
function onKey(event) {
  const item = itemOf(event.target);
  if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
  const tree = event.currentTarget;
  const items = shown(tree);
  const at = items.indexOf(item);
  document.body.classList.remove("quiet");
  if (event.key.length > 1) typed = "";
  let next;
  if (event.key === "ArrowDown") next = items[at + 1];
  else if (event.key === "ArrowUp") next = items[at - 1];
  else if (event.key === "Home") next = items[0];
  else if (event.key === "End") next = items[items.length - 1];
  else if (event.key === "ArrowRight") {
    if (item.getAttribute("aria-expanded") === "false") setOpen(item, true);
    else next = childrenOf(item)[0];
  } else if (event.key === "ArrowLeft") {
    if (isOpen(item)) setOpen(item, false);
    else next = parentOf(item);
  } else if (event.key === "Enter") {
    const mate = matesOf(item).find((other) => !isAway(other));
    if (mate) next = mate;
    else setOpen(item, !isOpen(item));
  } else if (event.key === " ") setOpen(item, !isOpen(item));
  else if (event.key === "*") for (const other of all(":scope>li", item.parentElement)) setOpen(other, true);
  else if (event.key === "Escape") document.body.classList.add("quiet");
  else if (event.key.length === 1) next = typeahead(items, at, event);
  else return;
  event.preventDefault();
  if (next) go(next);
}
for (const tree of trees) {
  tree.addEventListener("keydown", onKey);
  tree.addEventListener("focusin", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    for (const other of all("[aria-selected=true]")) other.setAttribute("aria-selected", "false");
    item.setAttribute("aria-selected", "true");
    current(tree, item);
    mark(item);
  });
  tree.addEventListener("mouseover", (event) => mark(itemOf(event.target)));
  tree.addEventListener("mouseleave", () => mark(itemOf(document.activeElement)));
  tree.addEventListener("click", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    const link = event.target.closest("a");
    if (link) {
      const there = byId(link.hash.slice(1));
      if (!there) return;
      event.preventDefault();
      go(there);
    } else if (event.target.closest(".row")) {
      document.body.classList.remove("quiet");
      item.focus({ preventScroll: true });
      if (event.target.closest(".name")) setOpen(item, !isOpen(item));
    }
  });
}

const box = byId("filter");
const buttons = all("[data-kind]");
function matches(item, words, kinds) {
  const text = item.dataset.seek.toLowerCase();
  const access = (item.dataset.access || "").split(" ");
  return (kinds.length === 0 || kinds.some((kind) => access.includes(kind))) && words.every((word) => text.includes(word));
}
function apply() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const kinds = words.filter((word) => word.startsWith("is:")).map((word) => word.slice(3));
  const plain = words.filter((word) => !word.startsWith("is:"));
  const filtering = words.length > 0;
  let count = 0;
  let total = 0;
  for (const tree of trees) {
    const keep = new Set();
    for (const item of all("li[role=treeitem]", tree)) {
      const hit = matches(item, plain, kinds);
      item.classList.toggle("hit", filtering && hit);
      if (tree.id === "inside") { total += 1; if (hit) count += 1; }
      if (!hit) continue;
      for (let at = item; at; at = parentOf(at)) {
        keep.add(at);
        if (filtering && at !== item) setOpen(at, true);
      }
    }
    for (const item of all("li[role=treeitem]", tree)) item.classList.toggle("away", !keep.has(item));
    const tab = tree.querySelector("[tabindex='0']");
    const first = shown(tree)[0];
    if (first && (!tab || !shown(tree).includes(tab))) current(tree, first);
  }
  for (const table of all("table")) {
    let any = false;
    for (const row of all("tbody tr", table)) {
      const hit = kinds.length === 0 && matches(row, plain, []);
      row.classList.toggle("away", filtering && !hit);
      any = any || hit;
    }
    table.classList.toggle("away", filtering && !any);
  }
  for (const button of buttons) button.setAttribute("aria-pressed", String(kinds.includes(button.dataset.kind)));
  byId("count").textContent = filtering ? count + " of " + total + " places" : total + " places";
}
const HASH = "#filter=";
function fromHash() {
  if (!location.hash.startsWith(HASH)) return;
  try {
    box.value = decodeURIComponent(location.hash.slice(HASH.length));
  } catch {
    box.value = "";
  }
}
function toHash() {
  const hash = box.value === "" ? "#" : HASH + encodeURIComponent(box.value);
  try {
    history.replaceState(null, "", hash);
  } catch {
    // Where the address can't be changed (a page in a frame), the filter works all the same.
  }
}
box.addEventListener("input", () => { apply(); toHash(); });
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { box.value = ""; apply(); toHash(); }
  if (event.key === "ArrowDown" || event.key === "Enter") {
    const first = all("#inside .hit").find((item) => !isAway(item)) || shown(trees[0])[0];
    if (first) { event.preventDefault(); go(first); }
  }
});
for (const button of buttons) button.addEventListener("click", () => {
  const word = "is:" + button.dataset.kind;
  const words = box.value.split(/\\s+/).filter(Boolean);
  box.value = (words.includes(word) ? words.filter((other) => other !== word) : [...words, word]).join(" ");
  apply();
  toHash();
});
byId("fold").addEventListener("click", (event) => {
  const folded = event.currentTarget.getAttribute("aria-pressed") !== "true";
  event.currentTarget.setAttribute("aria-pressed", String(folded));
  for (const item of all("li[aria-expanded]")) setOpen(item, !folded || item.getAttribute("aria-level") === "1");
  for (const tree of trees) { const first = shown(tree)[0]; if (first) current(tree, first); }
});
addEventListener("hashchange", () => { fromHash(); apply(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target === document.body) { event.preventDefault(); box.focus(); }
});
fromHash();
apply();
})();
`;
