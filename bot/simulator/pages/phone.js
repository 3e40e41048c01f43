// What does one phone show?

import { Picker } from "./choosing.js";
import { clock } from "./clock.js";
import { guide, tap } from "./guide.js";
import { CHANNELS, ROLES, addressOf, noteDelivered, people, unread, unreadOf } from "./people.js";
import { register } from "./register.js";
import { markTab, remember, show } from "./screens.js";
import { API, Failed, ask, keepLooking } from "./server.js";
import { day, hour } from "./time.js";
import { $, announce, count, el, icon, popover, toast, walkWithArrows } from "./tools.js";

const MEDIA = { voice: "Pesan suara", image: "Foto", sticker: "Stiker", document: "Dokumen", location: "Lokasi", contact: "Kontak" };
export const POLL = 700; // ms between two looks at a phone
export const phones = {};

export class Phone {
  constructor(kind) {
    this.kind = kind;
    this.root = $(`phone-${kind}`);
    this.root.append($("phone-template").content.cloneNode(true));
    this.part = Object.fromEntries([...this.root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
    this.waiting = new Set(); // own bubbles the server has not shown us yet
    this.now = keepLooking(() => this.look(), POLL);
    this.setUpWriting();
    this.setUpAttachments();
    this.picker = new Picker(this);
    this.pinned = true; // whoever reads the newest message keeps seeing it when keyboard or window take room
    this.part.log.addEventListener("scroll", () => {
      this.pinned = this.atEnd();
      if (this.pinned) this.part.newest.hidden = true;
    });
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.part.log);
    this.part.newest.addEventListener("click", () => this.toEnd());
  }

  get address() {
    return this.person ? addressOf(this.channel, this.person.phone) : null;
  }

  // who holds it

  choose(person, channel = person.channels[0]) {
    if (this.person === person && this.channel === channel) return;
    Object.assign(this, { person, channel, after: 0, seen: new Set(), lastDay: null, fresh: true, missed: 0 });
    this.waiting.clear();
    unread.delete(this.address);
    remember(this.kind, { id: person.id, channel });
    this.drawHead();
    this.part.log.replaceChildren(el("p", { class: "empty" }, "Memuat pesan…"));
    this.part.newest.hidden = true;
    for (const phone of Object.values(phones)) phone.showOthers();
    this.now();
  }

  drawHead() {
    const { person, part } = this;
    const mates = person.shares ?? [];
    this.root.dataset.channel = this.channel;
    this.root.setAttribute("aria-label", `Telepon ${person.called}`);
    part.avatar.textContent = person.name.replace(/^(Pak|Bu|Ibu|Bapak|Nenek|Kakek) /, "").slice(0, 1);
    part.role.textContent = `${ROLES[person.role]}: `;
    part.name.textContent = person.called;
    part.group.textContent = [person.role === "kpm" ? person.kelompok : ROLES[person.role], person.desa].filter(Boolean).join(" · ");
    part.number.textContent = mates.length ? `satu HP dengan ${mates.join(", ")}` : person.phone;
    part.number.classList.toggle("shared", mates.length > 0);
    part.number.title = person.phone;
    part.channels.replaceChildren(...person.channels.map((channel) => el("button", {
      type: "button", class: "badge", "data-channel": channel, "aria-pressed": String(channel === this.channel), onclick: () => this.choose(person, channel),
    }, icon(`i-${channel}`), CHANNELS[channel], el("i", { class: "dot", hidden: true }, el("span", { class: "sr" }, " ada pesan baru")))));
    part.log.setAttribute("aria-label", `Percakapan ${person.called} di ${CHANNELS[this.channel]}`);
    part.text.setAttribute("aria-label", `Pesan dari ${person.called}`);
    document.querySelector(`.tabs [data-view="${this.kind}"] b`).textContent = person.name;
  }

  /** A number on the head when other people of this phone's role have mail, a dot on the other channel. */
  showOthers() {
    for (const badge of this.part.channels.children) badge.lastChild.hidden = !unread.get(addressOf(badge.dataset.channel, this.person.phone));
    const others = people.filter((p) => p.role === this.person?.role && p.phone !== this.person.phone && unreadOf(p)).length;
    this.part.others.hidden = !others;
    this.part.others.replaceChildren(others > 99 ? "99+" : String(others), el("span", { class: "sr" }, " orang lain punya pesan baru"));
    this.part.others.title = `${others} orang lain punya pesan baru`;
  }

  // reading

  async look() {
    const { person, channel } = this;
    if (!person) return;
    const query = new URLSearchParams({ to: person.phone, after: this.after, channel, all: 1 });
    const { messages } = await ask(`/messages?${query}`);
    if (person !== this.person || channel !== this.channel) return; // somebody else took the phone meanwhile
    const first = this.fresh;
    if (first) this.part.log.replaceChildren();
    this.fresh = false;
    const news = messages.filter((message) => !this.seen.has(`${Boolean(message.outgoing)} ${message.seq}`));
    if (first && !news.length) this.part.log.append(el("p", { class: "empty" }, "Belum ada pesan di sini."));
    if (news.length) this.receive(news, first);
  }

  receive(news, first) {
    const wasAtEnd = first || this.atEnd();
    this.part.log.querySelector(".empty")?.remove();
    for (const message of news) {
      this.seen.add(`${Boolean(message.outgoing)} ${message.seq}`);
      this.after = Math.max(this.after, message.seq);
      if (message.outgoing) this.settle(message);
      this.addDay(message.at);
      this.insert(message.outgoing ? this.drawOwn(message) : this.drawLetter(message));
    }
    const letters = news.filter((message) => !message.outgoing);
    if (wasAtEnd) this.toEnd();
    else if (letters.length) this.offerNewest(letters.length);
    if (first || !letters.length) return;
    announce(`Pesan baru untuk ${this.person.called}: ${letters.at(-1).text}`);
    if (!this.root.checkVisibility()) markTab(this.kind, true);
  }

  /** Before the bubbles that still wait, so that the order stays what the server says. */
  insert(node) {
    this.part.log.insertBefore(node, [...this.waiting].find((bubble) => bubble.isConnected) ?? null);
  }

  addDay(at) {
    const date = day(at);
    if (date !== this.lastDay) this.insert(el("p", { class: "day" }, el("span", {}, date)));
    this.lastDay = date;
  }

  drawOwn(message) {
    const kind = MEDIA[message.kind] ? message.kind : null;
    const caption = kind ? (message.text ?? "").replace(/^\[\w+\] ?/, "") : message.text;
    return el("div", { class: "line own" },
      el("div", { class: "bubble" },
        el("span", { class: "sr" }, `${this.person.called}: `),
        kind && el("p", { class: "media" }, icon(`i-${kind}`), MEDIA[kind]),
        caption && longText(caption),
        el("span", { class: "foot" }, el("time", { datetime: message.at }, hour(message.at)), icon("i-check"))));
  }

  drawLetter(message) {
    const sound = message.media?.startsWith("audio/") && `${API}/media/${message.seq}`;
    const picture = message.media?.startsWith("image/") && `${API}/media/${message.seq}`;
    const alt = `Gambar: ${message.text.split("\n")[0] || "kiriman bot"}`;
    return el("div", { class: "line theirs", "data-key": message.key },
      el("div", { class: "bubble" },
        el("span", { class: "sr" }, "Bot: "),
        picture && el("button", { type: "button", class: "picture", "aria-label": "Perbesar gambar", onclick: () => view(alt, el("img", { src: picture, alt })) },
          el("img", { src: picture, alt, onload: () => this.pinned && this.toEnd() })),
        sound && el("audio", { controls: true, src: sound, "aria-label": "Pesan suara" }),
        message.media && !picture && !sound && el("p", { class: "media" }, icon("i-document"), el("a", { href: `${API}/media/${message.seq}`, download: true }, "Unduh berkas")),
        // WhatsApp shows no words with a voice note.
        message.text && message.body?.type !== "audio" && longText(message.text),
        el("span", { class: "foot" }, el("time", { datetime: message.at }, hour(message.at)))),
      message.buttons?.length > 0 && this.drawButtons(message),
      this.drawCarriage(message));
  }

  drawButtons(message) {
    const pills = el("div", { class: "pills" });
    const tap = (button, pill) => {
      pills.querySelectorAll(".tapped").forEach((other) => other.classList.remove("tapped"));
      pill.classList.add("tapped");
      this.post({ button: button.id, title: button.title }, { text: button.title });
    };
    pills.append(...message.buttons.map((button) => {
      const pill = el("button", { type: "button", class: "pill", onclick: () => tap(button, pill) }, button.title);
      return pill;
    }));
    const list = message.body?.interactive?.type === "list" || (message.channel === "whatsapp" && message.buttons.length > 3);
    if (!list) return pills;
    pills.hidden = true; // WhatsApp shows a list only after a tap
    const label = message.body?.interactive?.action?.button ?? "Pilih";
    const opener = el("button", { type: "button", class: "pill pill-menu", "aria-expanded": "false" }, icon("i-list"), label);
    opener.addEventListener("click", () => {
      pills.hidden = !pills.hidden;
      opener.setAttribute("aria-expanded", String(!pills.hidden));
      if (!pills.hidden) pills.scrollIntoView({ block: "nearest" });
    });
    return el("div", { class: "menu-pills" }, opener, pills);
  }

  /** How it was carried: inside the 24 hours or as a template, and the very body that is posted. */
  drawCarriage(message) {
    const tag = message.channel !== "whatsapp" ? null
      : message.template ? el("span", { class: "tag tag-template", title: "Di luar 24 jam WhatsApp hanya menerima templat yang sudah disetujui" }, `template ${message.template}`)
      : el("span", { class: "tag", title: "Ia menulis kepada bot dalam 24 jam terakhir, jadi bot boleh menjawab bebas" }, "dalam 24 jam");
    if (!message.body) return el("div", { class: "carriage" }, tag);
    const json = JSON.stringify(message.body, null, 2);
    const enlarge = el("button", { type: "button", class: "quiet", onclick: () => view("Isi kiriman", el("pre", {}, json)) }, "perbesar");
    return el("div", { class: "carriage" },
      el("details", {}, el("summary", {}, "isi kiriman"), el("div", { class: "json" }, el("pre", { tabindex: "0", "aria-label": "Isi kiriman" }, json), enlarge)), tag);
  }

  // where one is in the chat

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.part.log;
    return scrollHeight - scrollTop - clientHeight < 48;
  }

  toEnd() {
    this.part.newest.hidden = true;
    this.missed = 0;
    this.pinned = true;
    this.part.log.scrollTo({ top: this.part.log.scrollHeight });
  }

  offerNewest(letters) {
    this.missed = (this.part.newest.hidden ? 0 : this.missed) + letters;
    this.part.newest.hidden = false;
    this.part.newest.querySelector("span").textContent = `${this.missed} pesan baru`;
  }

  // writing

  setUpWriting() {
    const { text, composer } = this.part;
    text.addEventListener("input", () => this.fit());
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      composer.requestSubmit();
    });
    composer.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = text.value;
      if (!words.trim() || !this.person) return;
      text.value = "";
      this.fit();
      this.post({ text: words }, { text: words });
    });
  }

  fit() {
    const { text } = this.part;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 132)}px`;
  }

  fill(words) {
    this.part.text.value = words;
    this.fit();
    this.part.text.focus();
    this.part.composer.classList.remove("filled");
    void this.part.composer.offsetWidth; // restarts the animation
    this.part.composer.classList.add("filled");
  }

  setUpAttachments() {
    const { attach, menu } = this.part;
    const items = Object.entries(MEDIA).map(([media, label]) => el("button", {
      type: "button", role: "menuitem", tabindex: "-1",
      onclick: () => { show(false); attach.focus(); this.post({ media }, { kind: media }); },
    }, icon(`i-${media}`), label));
    menu.append(...items);
    const show = popover(attach, menu, () => items[0].focus());
    walkWithArrows(menu, () => items);
  }

  /** The server knows it twice by its id, so trying again after a lost answer is safe. */
  async post(event, shown) {
    const { person, channel } = this;
    const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const line = this.drawOwn({ ...shown, at: clock.now });
    line.classList.add("waiting");
    line.shown = shown;
    this.waiting.add(line);
    this.part.log.querySelector(".empty")?.remove();
    this.part.log.append(line);
    this.toEnd();
    guide.saw(person, event);
    const send = async () => {
      line.classList.remove("failed");
      line.querySelector(".again")?.remove();
      try {
        const { delivered } = await ask("/messages", { channel, from: person.phone, id, ...event });
        register.now();
        await this.now();
        noteDelivered(delivered.filter((letter) => letter.to !== person.phone));
        this.forget(line);
      } catch (problem) {
        if (!(problem instanceof Failed)) throw problem;
        if (!problem.offline) toast(problem.message, "wrong");
        line.classList.add("failed");
        line.append(el("button", { type: "button", class: "again quiet", onclick: send }, icon("i-alert"), "Belum terkirim. Coba lagi"));
        this.toEnd();
      }
    };
    await send();
  }

  /** The server shows this message now: its waiting bubble goes. */
  settle(message) {
    const same = (shown) => (shown.kind ? shown.kind === message.kind : shown.text.trim() === message.text.trim());
    const line = [...this.waiting].find((bubble) => same(bubble.shown));
    if (line) this.forget(line);
  }

  forget(line) {
    this.waiting.delete(line);
    line.remove();
  }

  /** The newest button with this title, or null. */
  button(title) {
    return [...this.part.log.querySelectorAll(".pill:not(.pill-menu)")].findLast((pill) => pill.textContent.trim().toLowerCase() === title.toLowerCase()) ?? null;
  }
}

/** Links to our own pages can be opened, as on a phone; every other link stays text. */
function linked(text) {
  const ours = `${location.origin}/dasbor/`;
  return text.split(/(https?:\/\/\S+)/).map((part) => (part.startsWith(ours) ? el("a", { href: part, target: "_blank", rel: "noopener" }, part) : part));
}

/** Ten thousand letters are shown when somebody wants them. */
function longText(text) {
  const words = el("p", { class: "text", dir: "auto" }, ...linked(text.length > 1200 ? `${text.slice(0, 1000)}…` : text));
  if (text.length <= 1200) return words;
  const more = el("button", { type: "button", class: "quiet", onclick: () => { words.textContent = text; more.remove(); } }, `tampilkan semua (${count.format(text.length)} huruf)`);
  return el("div", {}, words, more);
}

export function view(title, content) {
  $("viewer-title").textContent = title;
  $("viewer-body").replaceChildren(content);
  $("viewer").showModal();
}
