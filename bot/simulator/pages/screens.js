// Which screen shows where there is no room for all?

import { phones } from "./phone.js";

export function show(view) {
  document.body.dataset.view = view;
  if (phones[view]) document.body.dataset.phone = view;
  for (const tab of document.querySelectorAll(".tabs button")) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
  markTab(view, false);
  remember("view", view);
  if (phones[view] && !phones[view].missed) phones[view].toEnd();
}

export function markTab(view, on) {
  const dot = document.querySelector(`.tabs [data-view="${view}"] i`);
  if (dot) dot.hidden = !on;
}

/** For this tab of the browser only: whom the phones show, how far the guide has come. */
export function remember(name, value) {
  try {
    sessionStorage.setItem(`like-pkh.${name}`, JSON.stringify(value));
  } catch { /* a browser that keeps nothing still works */ }
}

export function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`like-pkh.${name}`));
  } catch {
    return null;
  }
}
