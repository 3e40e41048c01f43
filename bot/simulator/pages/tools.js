// What do all parts of the page use?

import { show } from "./screens.js";

export const $ = (id) => document.getElementById(id);
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
export const count = new Intl.NumberFormat("id-ID");

/** An element; children that are strings become text, so nothing anybody types is ever read as HTML. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function toast(sentence, kind = "plain") {
  const note = el("div", { class: `toast toast-${kind}` }, kind === "wrong" && icon("i-alert"), el("span", {}, sentence));
  note.append(el("button", { type: "button", class: "quiet", "aria-label": "Tutup", onclick: () => note.remove() }, icon("i-close")));
  $("toasts").append(note);
  while ($("toasts").children.length > 3) $("toasts").firstChild.remove();
  setTimeout(() => note.remove(), kind === "wrong" ? 9000 : 6000);
}

export const sentence = (words) => words[0].toUpperCase() + words.slice(1).replace(/[^.!?]$/, "$&.");

export const announce = (sentence) => ($("announcer").textContent = sentence);

/** A popover under its button: Escape and a click elsewhere close it, and Escape gives the focus back. */
export function popover(opener, box, onOpen = () => {}) {
  const show = (open) => {
    if (open !== box.hidden) return;
    box.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) onOpen();
  };
  opener.addEventListener("click", () => show(box.hidden));
  box.parentElement.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || box.hidden) return;
    show(false);
    opener.focus();
  });
  document.addEventListener("pointerdown", (event) => !box.parentElement.contains(event.target) && show(false));
  box.parentElement.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.parentElement.contains(event.relatedTarget)) show(false);
  });
  return show;
}

/** Arrow keys walk through `items()`; Home and End jump. */
export function walkWithArrows(box, items) {
  box.addEventListener("keydown", (event) => {
    const all = items();
    const here = all.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all.length) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
}
