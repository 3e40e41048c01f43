// How does the register fill?

import { clock } from "./clock.js";
import { guide } from "./guide.js";
import { SAMPLE } from "./people.js";
import { POLL } from "./phone.js";
import { ask, keepLooking } from "./server.js";
import { day, hour, zone } from "./time.js";
import { $, el, icon } from "./tools.js";

const STATES = {
  unknown: ["unknown", "belum diketahui"], maybe: ["maybe", "mungkin"], promised: ["promised", "akan datang"],
  declined: ["declined", "tidak bisa"], claimed: ["claimed", "mengaku hadir"], code: ["code", "mengaku hadir + kode"],
  hadir: ["hadir", "HADIR"], izin: ["izin", "IZIN"], sakit: ["sakit", "SAKIT"], alpa: ["alpa", "ALPA"],
};
const MEETING_STATES = { planned: "direncanakan", held: "terlaksana" };
const REASONS = {
  anak_sakit: "anak sakit", keluarga_sakit: "keluarga sakit", kerja: "bekerja", duka: "berduka", jauh: "rumah jauh",
  kendaraan: "tidak ada kendaraan", hujan_banjir: "hujan atau banjir", tanpa_rinci: "tanpa rincian",
};

const stateOf = (row) => row.mark ?? (row.state === "claimed" && row.code ? "code" : row.state);

export const register = {
  drawn: "",
  before: new Map(),

  start(kelompok) {
    $("kelompok").append(...kelompok.map((name) => el("option", { value: name, selected: name === SAMPLE.kelompok }, name)));
    $("kelompok").addEventListener("change", () => { this.before.clear(); $("rows-box").scrollTop = 0; this.now(); });
    this.now = keepLooking(() => this.read(), POLL * 2);
    this.now();
  },

  async read() {
    const kelompok = $("kelompok").value;
    if (!kelompok) return;
    const answer = await ask(`/register?${new URLSearchParams({ kelompok })}`);
    if (kelompok !== $("kelompok").value) return;
    const begun = answer.meeting && new Date(answer.meeting.starts) <= new Date(clock.now);
    const json = JSON.stringify([kelompok, begun, answer]);
    if (json === this.drawn) return;
    this.drawn = json;
    this.meeting = kelompok === SAMPLE.kelompok ? answer.meeting : this.meeting;
    this.drawMeeting(answer.meeting, begun, kelompok);
    this.drawTally(answer.rows);
    this.drawRows(answer.rows, kelompok);
    guide.draw();
  },

  drawMeeting(meeting, begun, kelompok) {
    const unmarked = begun && meeting.state === "planned";
    $("meeting").replaceChildren(...(meeting ? [
      el("p", { class: "meeting-when" }, icon("i-calendar"), el("strong", {}, `${day(meeting.starts)} ${hour(meeting.starts)} ${zone.name}`)),
      el("p", {}, icon("i-place"), meeting.place || "tempat belum ditentukan"),
      meeting.session && el("p", {}, icon("i-book"), `Sesi ${meeting.session}`),
      el("p", { class: "meeting-foot" },
        el("span", { class: "tag" }, unmarked ? "sudah mulai, belum diabsen" : MEETING_STATES[meeting.state] ?? meeting.state),
        meeting.code && el("span", { class: "code" }, "kode ", el("b", {}, meeting.code))),
    ].filter(Boolean) : [el("p", { class: "empty" }, `Belum ada pertemuan ${kelompok}. Pendamping membuatnya dengan JADWAL.`)]));
  },

  drawTally(rows) {
    const sums = Object.keys(STATES).reverse().map((name) => [name, rows.filter((row) => stateOf(row) === name).length]).filter(([, n]) => n);
    const bar = el("div", { class: "tally-bar", "aria-hidden": "true" }, ...sums.map(([name, n]) => {
      const piece = el("span", { class: `state-${name}` });
      piece.style.flexGrow = n;
      return piece;
    }));
    $("tally").replaceChildren(...(rows.length ? [bar, el("ul", { "aria-label": "Jumlah" },
      ...sums.map(([name, n]) => el("li", { class: `state-${name}` }, icon(`s-${name}`), el("b", {}, String(n)), ` ${STATES[name][1]}`)))] : []));
  },

  drawRows(rows, kelompok) {
    $("rows").replaceChildren(...rows.map((row) => {
      const [shape, words] = STATES[stateOf(row)] ?? ["unknown", row.state];
      const key = `${kelompok} ${row.name}`;
      const changed = this.before.has(key) && this.before.get(key) !== words;
      this.before.set(key, words);
      const more = [
        row.late && "terlambat", row.represented_by && `diwakili ${row.represented_by}`,
        row.reason && (REASONS[row.reason] ?? row.reason.replaceAll("_", " ")), row.by && `oleh ${row.by}`,
      ].filter(Boolean).join(" · ");
      return el("li", { class: `state-${shape}${changed ? " changed" : ""}` }, icon(`s-${shape}`),
        el("span", { class: "row-name" }, row.name), el("span", { class: "row-state" }, words), more && el("small", {}, more));
    }));
  },
};
