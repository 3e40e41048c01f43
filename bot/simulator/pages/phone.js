// How does the page live? It asks /simulator/api every moment and draws what it hears: phones, clock, register, guide.

const API = "/simulator/api";
const POLL = 700; // ms between two looks at a phone
const SAMPLE = { kelompok: "Melati 3", kpm: "+6281100000001", pendamping: "+6281100000902", koordinator: "+6281100000901" };
const ROLES = { kpm: "Keluarga (KPM)", pendamping: "Pendamping", koordinator: "Koordinator", admin: "Admin" };
const CHANNELS = { whatsapp: "WhatsApp", telegram: "Telegram" };
const MEDIA = { voice: "Pesan suara", image: "Foto", sticker: "Stiker", document: "Dokumen", location: "Lokasi", contact: "Kontak" };

// --- small tools

const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const count = new Intl.NumberFormat("id-ID");

/** An element; children that are strings become text, so nothing anybody types is ever read as HTML. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function toast(sentence, kind = "plain") {
  const note = el("div", { class: `toast toast-${kind}` }, kind === "wrong" && icon("i-alert"), el("span", {}, sentence));
  note.append(el("button", { type: "button", class: "quiet", "aria-label": "Tutup", onclick: () => note.remove() }, icon("i-close")));
  $("toasts").append(note);
  while ($("toasts").children.length > 3) $("toasts").firstChild.remove();
  setTimeout(() => note.remove(), kind === "wrong" ? 9000 : 6000);
}

const sentence = (words) => words[0].toUpperCase() + words.slice(1).replace(/[^.!?]$/, "$&.");

const announce = (sentence) => ($("announcer").textContent = sentence);

/** A popover under its button: Escape and a click elsewhere close it, and Escape gives the focus back. */
function popover(opener, box, onOpen = () => {}) {
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
function walkWithArrows(box, items) {
  box.addEventListener("keydown", (event) => {
    const all = items();
    const here = all.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all.length) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  });
}

// --- the server

/** What the server refused, in its own sentence. `offline`: it could not be reached at all. */
class Failed extends Error {
  constructor(sentence, offline = false) {
    super(sentence);
    this.offline = offline;
  }
}

async function ask(path, body) {
  const request = body === undefined
    ? { signal: AbortSignal.timeout(20000) }
    : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response;
  let answer;
  try {
    response = await fetch(API + path, request);
    answer = await response.json().catch(() => ({}));
  } catch {
    $("offline").hidden = false;
    throw new Failed("Simulator sedang tidak terhubung. Coba lagi sebentar.", true);
  }
  $("offline").hidden = true;
  if (!response.ok) throw new Failed(answer.error ? sentence(answer.error) : "Maaf, ada yang tidak beres di simulator. Coba lagi.");
  return answer;
}

/** Looks again and again, whatever happens; `now()` looks at once, after the look that is under way. */
function keepLooking(look, every) {
  let turn = Promise.resolve();
  let timer;
  const now = () => {
    clearTimeout(timer);
    turn = turn.then(look).catch((problem) => {
      if (!(problem instanceof Failed)) console.error(problem);
    });
    const mine = turn;
    mine.then(() => {
      if (mine === turn) timer = setTimeout(now, document.hidden ? every * 4 : every);
    });
    return mine;
  };
  document.addEventListener("visibilitychange", () => document.hidden || now());
  return now;
}

// --- time, as the kabupaten's clock shows it

const zone = { minutes: 480, name: "WITA" };
const FORMATS = {
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  short: { weekday: "short", day: "numeric", month: "short" },
};

function learnZone(iso) {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(iso);
  if (!offset) return;
  zone.minutes = (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  zone.name = { 420: "WIB", 480: "WITA", 540: "WIT" }[zone.minutes] ?? "";
}

/** The moment moved so that its UTC fields read as the local wall clock, whatever zone the browser is in. */
const wall = (moment) => new Date(new Date(moment).getTime() + zone.minutes * 60000);
const day = (moment, format = "long") => wall(moment).toLocaleDateString("id-ID", { ...FORMATS[format], timeZone: "UTC" });
const hour = (moment) => wall(moment).toISOString().slice(11, 16).replace(":", ".");
const full = (moment) => `${day(moment)} ${hour(moment)} ${zone.name}`;
const forInput = (moment) => wall(moment).toISOString().slice(0, 16);
const fromInput = (text) => new Date(new Date(`${text}:00Z`).getTime() - zone.minutes * 60000);

/** ISO with the kabupaten's offset, as the API speaks. */
function iso(moment) {
  const away = Math.abs(zone.minutes);
  const two = (n) => String(n).padStart(2, "0");
  return `${wall(moment).toISOString().slice(0, 19)}${zone.minutes < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}

/** `days` from the day of `moment`, at `clock` ("09:00"). */
const atHour = (moment, days, clock) => {
  const date = new Date(wall(moment).getTime() + days * 86400000).toISOString().slice(0, 10);
  return fromInput(`${date}T${clock}`);
};

// --- who is there, and who has unread mail

const people = [];
const unread = new Map(); // "whatsapp +62…" → letters that came while no phone on the page showed them
const addressOf = (channel, phone) => `${channel} ${phone}`;
const unreadOf = (person) => person.channels.reduce((sum, channel) => sum + (unread.get(addressOf(channel, person.phone)) ?? 0), 0);

/** Letters that went out: those nobody is looking at leave a dot. */
function noteDelivered(letters) {
  for (const letter of letters) {
    const address = addressOf(letter.channel, letter.to);
    if (!Object.values(phones).some((phone) => phone.address === address)) unread.set(address, (unread.get(address) ?? 0) + 1);
  }
  for (const phone of Object.values(phones)) phone.showOthers();
}

// --- one phone

const phones = {};

class Phone {
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
    return el("div", { class: "line own" },
      el("div", { class: "bubble" },
        el("span", { class: "sr" }, `${this.person.called}: `),
        kind ? el("p", { class: "media" }, icon(`i-${kind}`), MEDIA[kind]) : longText(message.text),
        el("span", { class: "foot" }, el("time", { datetime: message.at }, hour(message.at)), icon("i-check"))));
  }

  drawLetter(message) {
    const picture = message.media?.startsWith("image/") && `${API}/media/${message.seq}`;
    const alt = `Gambar: ${message.text.split("\n")[0] || "kiriman bot"}`;
    return el("div", { class: "line theirs", "data-key": message.key },
      el("div", { class: "bubble" },
        el("span", { class: "sr" }, "Bot: "),
        picture && el("button", { type: "button", class: "picture", "aria-label": "Perbesar gambar", onclick: () => view(alt, el("img", { src: picture, alt })) },
          el("img", { src: picture, alt, onload: () => this.pinned && this.toEnd() })),
        message.media && !picture && el("p", { class: "media" }, icon("i-document"), el("a", { href: `${API}/media/${message.seq}`, download: true }, "Unduh berkas")),
        message.text && longText(message.text),
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

function view(title, content) {
  $("viewer-title").textContent = title;
  $("viewer-body").replaceChildren(content);
  $("viewer").showModal();
}

// --- choosing a person

class Picker {
  constructor(phone) {
    this.phone = phone;
    const { open, picker, search } = phone.part;
    const list = phone.part.people;
    list.id = `people-${phone.kind}`;
    search.setAttribute("aria-controls", list.id);
    this.show = popover(open, picker, () => { search.value = ""; this.draw(); search.focus(); });
    search.addEventListener("input", () => this.draw());
    search.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (step) this.mark(this.at + step);
      else if (event.key === "Enter") this.take(this.options[this.at]);
      else return;
      event.preventDefault();
    });
  }

  /** Searching: words that begin so, then words that contain it. Else: those with mail, this phone's role, the others. */
  groups() {
    const { kind, part } = this.phone;
    const words = part.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const inOrder = [...people.filter((p) => p.role === kind), ...people.filter((p) => p.role !== kind)];
    const groups = new Map();
    for (const person of inOrder) {
      const title = words.length ? this.match(person, words) : person.role === kind && unreadOf(person) ? "Ada pesan baru" : person.kelompok ?? ROLES[person.role];
      if (title) groups.set(title, [...(groups.get(title) ?? []), person]);
    }
    const first = ["Cocok", "Ada pesan baru"];
    return [...groups].sort(([a], [b]) => first.includes(b) - first.includes(a));
  }

  match(person, words) {
    const all = ` ${person.called} ${person.kelompok ?? ""} ${person.desa ?? ""} ${ROLES[person.role]} ${person.phone} ${person.channels.join(" ")}`.toLowerCase();
    if (words.every((word) => all.includes(` ${word}`))) return "Cocok";
    return words.every((word) => all.includes(word)) ? "Mirip" : null;
  }

  draw() {
    const list = this.phone.part.people;
    this.options = [];
    list.replaceChildren(...this.groups().map(([title, members], index) => {
      const heading = `${list.id}-${index}`;
      return el("li", { role: "presentation" }, el("ul", { role: "group", "aria-labelledby": heading },
        el("li", { role: "presentation", class: "group", id: heading }, title), ...members.map((person) => this.option(person))));
    }));
    if (!this.options.length) list.append(el("li", { class: "none", role: "presentation" }, "Tidak ada nama yang cocok."));
    const here = this.options.findIndex((option) => option.person === this.phone.person);
    this.mark(this.phone.part.search.value || unreadOf(this.options[0]?.person ?? { channels: [] }) ? 0 : Math.max(0, here));
  }

  option(person) {
    const shares = person.shares?.length ? `satu HP dengan ${person.shares.join(", ")}` : person.channels.map((channel) => CHANNELS[channel]).join(", ");
    const reach = [this.phone.part.search.value && person.kelompok, person.phone, shares].filter(Boolean).join(" · ");
    const option = el("li", { role: "option", id: `${this.phone.part.people.id}-p${this.options.length}`, "aria-selected": "false", onclick: () => this.take(option) },
      el("span", {}, person.called), el("small", {}, reach), unreadOf(person) > 0 && el("i", { class: "dot" }, el("span", { class: "sr" }, "ada pesan baru")));
    option.person = person;
    this.options.push(option);
    return option;
  }

  mark(at) {
    this.options[this.at]?.setAttribute("aria-selected", "false");
    this.at = Math.min(Math.max(at, 0), this.options.length - 1);
    const option = this.options[this.at];
    this.phone.part.search.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
  }

  take(option) {
    if (!option) return;
    this.show(false);
    this.phone.choose(option.person);
    this.phone.part.text.focus();
  }
}

// --- the clock

const clock = {
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

// --- the register

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

const register = {
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

// --- what to try first

const BUDI = SAMPLE.pendamping;
const RATNA = SAMPLE.koordinator;
const write = (phone, who, text, as) => ({ kind: "write", phone, who, text, as });
const tap = (phone, who, title) => ({ kind: "tap", phone, who, title });
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

const guide = {
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

// --- one screen after the other, where there is no room for all

function show(view) {
  document.body.dataset.view = view;
  if (phones[view]) document.body.dataset.phone = view;
  for (const tab of document.querySelectorAll(".tabs button")) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
  markTab(view, false);
  remember("view", view);
  if (phones[view] && !phones[view].missed) phones[view].toEnd();
}

function markTab(view, on) {
  const dot = document.querySelector(`.tabs [data-view="${view}"] i`);
  if (dot) dot.hidden = !on;
}

/** For this tab of the browser only: whom the phones show, how far the guide has come. */
function remember(name, value) {
  try {
    sessionStorage.setItem(`like-pkh.${name}`, JSON.stringify(value));
  } catch { /* a browser that keeps nothing still works */ }
}

function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`like-pkh.${name}`));
  } catch {
    return null;
  }
}

// --- begin

/** The page may be open before the server is: it asks until somebody answers. */
async function patiently(path) {
  for (;;) {
    try {
      return await ask(path);
    } catch (problem) {
      if (!(problem instanceof Failed)) throw problem;
      if (!problem.offline) toast(problem.message, "wrong");
      await pause(problem.offline ? 1200 : 6000);
    }
  }
}

async function begin() {
  for (const kind of ["kpm", "pendamping", "koordinator"]) phones[kind] = new Phone(kind);
  for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => show(tab.dataset.view));
  $("viewer-close").addEventListener("click", () => $("viewer").close());
  $("viewer").addEventListener("click", (event) => event.target === $("viewer") && $("viewer").close());
  people.push(...(await patiently("/people")).people);
  const { kelompok } = await patiently("/kelompok");
  clock.start();
  await clock.look();
  register.start(kelompok);
  guide.start();
  for (const [kind, phone] of Object.entries(phones)) {
    const kept = recall(kind);
    const person = people.find(({ id }) => id === kept?.id) ?? people.find((p) => p.phone === SAMPLE[kind]) ?? people.find((p) => p.role === kind) ?? people[0];
    if (person) phone.choose(person, person.channels.includes(kept?.channel) ? kept.channel : undefined);
  }
  show(recall("view") ?? "kpm");
}

begin();
