// How is a moment shown on the kabupaten's clock?

import { clock } from "./clock.js";
import { $ } from "./tools.js";

export const zone = { minutes: 480, name: "WITA" };
const FORMATS = {
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  short: { weekday: "short", day: "numeric", month: "short" },
};

export function learnZone(iso) {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  if (!offset) return;
  zone.minutes = (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  zone.name = { 420: "WIB", 480: "WITA", 540: "WIT" }[zone.minutes] ?? "";
}

/** The moment moved so that its UTC fields read as the local wall clock, whatever zone the browser is in. */
const wall = (moment) => new Date(new Date(moment).getTime() + zone.minutes * 60000);
export const day = (moment, format = "long") => wall(moment).toLocaleDateString("id-ID", { ...FORMATS[format], timeZone: "UTC" });
export const hour = (moment) => wall(moment).toISOString().slice(11, 16).replace(":", ".");
export const full = (moment) => `${day(moment)} ${hour(moment)} ${zone.name}`;
export const forInput = (moment) => wall(moment).toISOString().slice(0, 16);
export const fromInput = (text) => new Date(new Date(`${text}:00Z`).getTime() - zone.minutes * 60000);

/** ISO with the kabupaten's offset, as the API speaks. */
export function iso(moment) {
  const away = Math.abs(zone.minutes);
  const two = (n) => String(n).padStart(2, "0");
  return `${wall(moment).toISOString().slice(0, 19)}${zone.minutes < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}

/** `days` from the day of `moment`, at `clock` ("09:00"). */
export const atHour = (moment, days, clock) => {
  const date = new Date(wall(moment).getTime() + days * 86400000).toISOString().slice(0, 10);
  return fromInput(`${date}T${clock}`);
};
