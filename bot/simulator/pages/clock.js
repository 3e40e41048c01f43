// How does the clock move?

import { guide } from "./guide.js";
import { addressOf, noteDelivered } from "./people.js";
import { phones } from "./phone.js";
import { register } from "./register.js";
import { show } from "./screens.js";
import { Failed, ask, keepLooking } from "./server.js";
import { atHour, day, forInput, fromInput, full, hour, iso, learnZone } from "./time.js";
import { $, announce, count, el, popover, toast } from "./tools.js";

export const clock = {
  now: new Date().toISOString(),
  next: null,
  busy: null, // {from, to} in ms while time is running

  start() {
    this.look = keepLooking(() => this.read(), 2000);
    for (const button of document.querySelectorAll(".moves [data-minutes]")) {
      button.addEventListener("click", () => this.move({ advance_minutes: Number(button.dataset.minutes) }));
    }
    $("to-meeting").addEventListener("click", () => this.next && this.move({ set: this.next }));
    const show = popover($("jump-open"), $("jump"), () => this.prepareJump());
    $("jump-at").addEventListener("input", () => this.spellJump());
    $("jump").addEventListener("submit", (event) => {
      event.preventDefault();
      const moment = fromInput($("jump-at").value);
      if (!(moment >= new Date(this.now))) {
        $("jump-words").textContent = `Jam simulator hanya bisa maju. Pilih waktu sesudah ${full(this.now)}.`;
        return $("jump-at").focus();
      }
      show(false);
      $("jump-open").focus();
      this.move({ set: iso(moment) });
    });
  },

  async read() {
    const asked = this.moves;
    const { now, next_meeting } = await ask("/clock");
    if (asked !== this.moves && !this.busy) return; // it was asked before a move that is over by now
    learnZone(now);
    if (this.known && new Date(now) < new Date(this.now)) return location.reload(); // a new database behind the same address
    Object.assign(this, { now, next: next_meeting, known: true });
    this.draw();
  },

  draw() {
    $("now").textContent = full(this.now);
    $("now").dateTime = this.now;
    const none = register.meeting ? "Tidak ada pertemuan lain yang dijadwalkan" : "Belum ada pertemuan yang dijadwalkan";
    $("next-meeting").textContent = this.next ? `Pertemuan berikutnya: ${day(this.next, "short")} ${hour(this.next)}` : none;
    if (this.busy) $("next-meeting").textContent = "Waktu sedang berjalan…";
    for (const button of document.querySelectorAll(".moves button, .step [data-clock]")) button.disabled = Boolean(this.busy);
    $("to-meeting").disabled = Boolean(this.busy) || !this.next;
    $("to-meeting").title = this.next ? full(this.next) : "Belum ada pertemuan yang dijadwalkan";
    $("progress").hidden = !this.busy;
    $("clock").setAttribute("aria-busy", String(Boolean(this.busy)));
    if (!this.busy) return;
    const part = (new Date(this.now).getTime() - this.busy.from) / Math.max(1, this.busy.to - this.busy.from);
    const moving = part > 0.01;
    $("progress").classList.toggle("unsure", !moving);
    $("progress").firstElementChild.style.transform = moving ? `scaleX(${Math.min(1, part)})` : "";
    if (moving) $("progress").setAttribute("aria-valuenow", String(Math.round(part * 100)));
    else $("progress").removeAttribute("aria-valuenow");
  },

  moves: 0,

  async move(step) {
    if (this.busy) return false;
    const from = new Date(this.now).getTime();
    const focused = document.activeElement;
    this.busy = { from, to: step.set ? new Date(step.set).getTime() : from + step.advance_minutes * 60000 };
    this.draw();
    announce("Waktu sedang berjalan.");
    const watch = setInterval(() => this.look(), 500);
    try {
      const { now, delivered } = await ask("/clock", step);
      this.now = now;
      await Promise.all([...Object.values(phones).map((phone) => phone.now()), register.now()]);
      noteDelivered(delivered);
      const addresses = new Set(delivered.map((letter) => addressOf(letter.channel, letter.to))).size;
      toast(delivered.length ? `${count.format(delivered.length)} pesan terkirim ke ${count.format(addresses)} telepon.` : "Tidak ada pesan yang perlu dikirim.");
      return true;
    } catch (problem) {
      if (!(problem instanceof Failed)) throw problem;
      toast(problem.message, "wrong");
      return false;
    } finally {
      clearInterval(watch);
      this.busy = null;
      this.moves += 1;
      this.draw();
      if (document.activeElement === document.body && focused?.isConnected) focused.focus(); // a disabled button loses it
      this.look();
    }
  },

  // jump to a time

  /** Moments of the next meeting that are worth seeing. */
  moments() {
    const meeting = guide.meeting();
    if (!meeting) return [];
    return [
      ["H-3", atHour(meeting, -3, "09:00")], ["H-1", atHour(meeting, -1, "09:00")], ["pagi itu", atHour(meeting, 0, "07:30")],
      ["mulai", new Date(meeting)], ["selesai", new Date(new Date(meeting).getTime() + 7200000)],
    ].filter(([, moment]) => moment > new Date(this.now));
  },

  prepareJump() {
    $("jump-at").min = forInput(this.now);
    $("jump-at").value = forInput(this.now);
    $("jump-quick").replaceChildren(...this.moments().map(([name, moment]) => el("button", {
      type: "button", class: "chip", onclick: () => { $("jump-at").value = forInput(moment); this.spellJump(); },
    }, name)));
    this.spellJump();
    $("jump-at").focus();
  },

  spellJump() {
    const text = $("jump-at").value;
    $("jump-words").textContent = text ? full(fromInput(text)) : "Pilih tanggal dan jam.";
  },
};
