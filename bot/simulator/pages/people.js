// Who is there, and who has unread mail?

import { phones } from "./phone.js";
import { $ } from "./tools.js";

export const CHANNELS = { whatsapp: "WhatsApp", telegram: "Telegram" };
export const ROLES = { kpm: "Keluarga (KPM)", pendamping: "Pendamping", koordinator: "Koordinator", admin: "Admin" };
export const SAMPLE = { kelompok: "Melati 3", kpm: "+6281100000001", pendamping: "+6281100000902", koordinator: "+6281100000901" };
export const people = [];
export const unread = new Map(); // "whatsapp +62…" → letters that came while no phone on the page showed them
export const addressOf = (channel, phone) => `${channel} ${phone}`;
export const unreadOf = (person) => person.channels.reduce((sum, channel) => sum + (unread.get(addressOf(channel, person.phone)) ?? 0), 0);

/** Letters that went out: those nobody is looking at leave a dot. */
export function noteDelivered(letters) {
  for (const letter of letters) {
    const address = addressOf(letter.channel, letter.to);
    if (!Object.values(phones).some((phone) => phone.address === address)) unread.set(address, (unread.get(address) ?? 0) + 1);
  }
  for (const phone of Object.values(phones)) phone.showOthers();
}
