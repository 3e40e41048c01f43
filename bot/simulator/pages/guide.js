// What is to be tried first?

import { clock } from "./clock.js";
import { SAMPLE, people } from "./people.js";
import { phones } from "./phone.js";
import { register } from "./register.js";
import { recall, remember, show } from "./screens.js";
import { atHour, iso } from "./time.js";
import { $, el, icon, toast } from "./tools.js";

const BUDI = SAMPLE.pendamping;
const RATNA = SAMPLE.koordinator;
const write = (phone, who, text, as) => ({ kind: "write", phone, who, text, as });
export const tap = (phone, who, title) => ({ kind: "tap", phone, who, title });
const wait = (label, when) => ({ kind: "clock", label, when });

const STEPS = [
  ["Buat jadwal", "Pak Budi menjadwalkan pertemuan Melati 3. Bot memperlihatkan dulu apa yang akan dikirim.", [
    write("pendamping", "Pak Budi", "JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2", BUDI),
    tap("pendamping", "Pak Budi", "Kirim"),
  ]],
  ["Undangan tiba", "Tiga hari sebelum pertemuan, setiap keluarga menerima satu undangan.", [
    wait("Majukan ke H-3", (meeting) => atHour(meeting, -3, "09:00")),
  ]],
  ["Keluarga menjawab", "Dengan kata sendiri atau satu ketukan. Satu HP boleh untuk dua keluarga.", [
    write("kpm", "Siti", "hadir bu", "+6281100000001"),
    write("kpm", "Halimah", "kada kawa, anak garing", "+6281100000005"),
    write("kpm", "Aminah dan Rusmini", "hadir", "+6281100000003"),
    tap("kpm", "Aminah dan Rusmini", "Berdua"),
  ]],
  ["Hari pertemuan", "Jawaban keluarga baru pengakuan. Pendampinglah yang mencatat hadir.", [
    wait("Majukan ke pertemuan", (meeting) => new Date(meeting)),
    write("kpm", "Siti", (meeting) => `hadir ${meeting?.code ?? ""}`.trim(), "+6281100000001"),
    write("pendamping", "Pak Budi", "ABSEN Melati 3", BUDI),
    write("pendamping", "Pak Budi", "hadir semua kecuali Halimah izin, Jumiati alpa", BUDI),
    write("pendamping", "Pak Budi", "SELESAI", BUDI),
  ]],
  ["Rekap", "Pendamping dan koordinator melihat angka yang sama.", [
    write("pendamping", "Pak Budi", "REKAP", BUDI),
    write("koordinator", "Bu Ratna", "REKAP", RATNA),
  ]],
];

export const guide = {
  done: new Set(), // "step.action"
  open: 0,
  actions: STEPS.flatMap(([, , actions], step) => actions.map((action, at) => ({ ...action, step, id: `${step}.${at}` }))),

  start() {
    const kept = recall("guide");
    // The simulated clock never goes back; when it did, this is another database and nothing is done yet.
    if (kept && new Date(kept.at) <= new Date(clock.now)) this.done = new Set(kept.done);
    $("steps").append(...STEPS.map(([title, why, actions], step) => this.step(title, why, actions, step)));
    $("guide-fold").addEventListener("click", () => this.fold($("guide").classList.toggle("folded")));
    $("up-next").addEventListener("click", () => this.next() && this.play(this.next()));
    if (recall("folded")) this.fold($("guide").classList.toggle("folded", true));
    this.open = this.next()?.step ?? STEPS.length - 1;
    this.draw();
  },

  fold(folded) {
    $("guide-fold").textContent = folded ? "tampilkan" : "sembunyikan";
    $("guide-fold").setAttribute("aria-expanded", String(!folded));
    remember("folded", folded);
  },

  step(title, why, actions, step) {
    const own = this.actions.filter((action) => action.step === step);
    return el("li", { class: "step" },
      el("button", { type: "button", class: "step-title", "aria-expanded": "false", "aria-controls": `step-${step}`, onclick: () => { this.open = step; this.draw(); } },
        el("span", { class: "step-number" }, el("span", {}, String(step + 1)), icon("i-check")), el("span", {}, title)),
      el("div", { class: "step-body", id: `step-${step}` }, el("p", {}, why),
        el("div", { class: "step-actions" }, ...own.map((action) => el("button", {
          type: "button", class: "action", "data-id": action.id, "data-clock": action.kind === "clock", onclick: () => this.play(action),
        })))));
  },

  /** The meeting the guide plays with: that of the sample kelompok, else the next of all. */
  meeting() {
    return register.meeting?.starts ?? clock.next;
  },

  words(action) {
    return typeof action.text === "function" ? action.text(register.meeting) : action.text;
  },

  label(action) {
    if (action.kind === "clock") return [icon("i-clock"), el("span", {}, action.label)];
    if (action.kind === "tap") return [icon("i-tap"), el("span", {}, `${action.who}: ketuk `, el("b", {}, action.title))];
    return [icon("i-pen"), el("span", {}, `${action.who}: `, el("q", {}, this.words(action)))];
  },

  next() {
    return this.actions.find((action) => !this.done.has(action.id));
  },

  draw() {
    const next = this.next();
    [...$("steps").children].forEach((item, step) => {
      const finished = this.actions.every((action) => action.step !== step || this.done.has(action.id));
      item.classList.toggle("finished", finished);
      item.classList.toggle("open", step === this.open);
      item.firstChild.setAttribute("aria-expanded", String(step === this.open));
      item.firstChild.setAttribute("aria-label", `Langkah ${step + 1}: ${STEPS[step][0]}${finished ? ", selesai" : ""}`);
      item.lastChild.hidden = step !== this.open;
      for (const button of item.querySelectorAll(".action")) {
        const action = this.actions.find(({ id }) => id === button.dataset.id);
        button.classList.toggle("done", this.done.has(action.id));
        button.classList.toggle("next", action === next);
        button.replaceChildren(...this.label(action), this.done.has(action.id) ? el("span", { class: "action-done" }, icon("i-check"), el("span", { class: "sr" }, "sudah")) : "");
      }
    });
    $("up-next").hidden = !next;
    if (next) $("up-next").replaceChildren(el("b", {}, "Berikutnya"), ...this.label(next), icon("i-next"));
  },

  finish(action) {
    if (!action || this.done.has(action.id)) return;
    this.done.add(action.id);
    this.open = this.next()?.step ?? this.open;
    remember("guide", { at: clock.now, done: [...this.done] });
    this.draw();
  },

  /** A message went out from the page: was it one of ours? The first that is not done yet counts. */
  saw(person, event) {
    const same = (text) => text.trim().toLowerCase() === (event.text ?? event.title ?? "").trim().toLowerCase();
    this.finish(this.actions.find((action) => !this.done.has(action.id) && (
      (action.kind === "write" && action.as === person.phone && same(this.words(action)))
      || (action.kind === "tap" && this.holds(action, person) && same(action.title)))));
  },

  /** Whose button it is: that of the last message the guide had written on this phone. */
  owner(action) {
    return this.actions.slice(0, this.actions.indexOf(action)).findLast(({ kind, phone }) => kind === "write" && phone === action.phone).as;
  },

  holds(action, person) {
    return this.owner(action) === person.phone;
  },

  async play(action) {
    if (action.kind === "clock") return this.playClock(action);
    const phone = phones[action.phone];
    const holder = action.as ?? this.owner(action);
    if (phone.person?.phone !== holder) {
      const person = people.find(({ phone: number }) => number === holder);
      if (!person) return toast(`${action.who} tidak ada di data ini.`, "wrong");
      phone.choose(person, person.channels.includes("whatsapp") ? "whatsapp" : person.channels[0]);
    }
    show(action.phone);
    if (action.kind === "write") return phone.fill(this.words(action));
    await phone.now(); // the button may be on its way
    const pill = phone.button(action.title);
    if (!pill) return toast(`Belum ada tombol ${action.title} di telepon ${action.who}. Kirim dulu pesan sebelumnya.`, "wrong");
    pill.closest(".pills").hidden = false;
    pill.scrollIntoView({ block: "center" });
    pill.focus();
    pill.classList.add("look-here");
    setTimeout(() => pill.classList.remove("look-here"), 4000);
  },

  async playClock(action) {
    const meeting = this.meeting();
    if (!meeting) return toast("Belum ada pertemuan. Selesaikan dulu langkah 1.", "wrong");
    const moment = action.when(meeting);
    const here = this.actions.find(({ id }) => id === action.id);
    if (moment <= new Date(clock.now)) {
      this.finish(here);
      return toast("Waktu itu sudah lewat. Lanjutkan ke langkah berikutnya.");
    }
    if (await clock.move({ set: iso(moment) })) this.finish(here);
  },
};
