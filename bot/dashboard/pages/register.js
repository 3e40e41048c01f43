// How is a register marked? Every tap is a draft, kept on this phone until the server has it; nothing is lost quietly.

const root = document.getElementById("register");
const open = root.dataset.open === "yes";
const rows = [...root.querySelectorAll(".row")];
const byId = new Map(rows.map((row) => [row.dataset.id, row]));
const part = (id) => document.getElementById(id);
const WORDS = { hadir: "Hadir", izin: "Izin", sakit: "Sakit", alpa: "Alpa" };
const KEYS = { h: "hadir", i: "izin", s: "sakit", a: "alpa" };
const EVERY = 15_000;
const PATIENCE = 20_000;

const saved = new Map(rows.map((row) => [row.dataset.id, row.dataset.mark || null]));
const draft = new Map(); // id → { mark, seen }: what she wants, and what the line said when she tapped
const steps = []; // for undoing taps: lists of [id, draft entry before]
let showing = "all";
let asleep = false;

// --- what is drawn

const markOf = (id) => (draft.has(id) ? draft.get(id).mark : saved.get(id));
const changed = () => [...draft].filter(([id, want]) => want.mark !== saved.get(id));
const clashes = (id) => draft.has(id) && saved.get(id) !== draft.get(id).seen && saved.get(id) !== draft.get(id).mark;
const word = (mark) => WORDS[mark] ?? "belum ditandai";

function draw(row) {
  const id = row.dataset.id;
  const mark = markOf(id);
  row.dataset.mark = mark ?? "";
  row.classList.toggle("draft", draft.has(id) && mark !== saved.get(id));
  for (const button of row.querySelectorAll("[data-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.set === mark));
  }
  const clash = row.querySelector(".clash");
  if (!clashes(id)) {
    clash?.remove();
  } else if (!clash) {
    row.append(askWhich(id));
  }
}

function askWhich(id) {
  const box = document.createElement("div");
  box.className = "clash";
  const sentence = document.createElement("p");
  const by = byId.get(id).dataset.by;
  sentence.textContent = `${by || "Orang lain"} sudah menulis: ${word(saved.get(id))}.`;
  const theirs = document.createElement("button");
  theirs.type = "button";
  theirs.className = "button small";
  theirs.textContent = `Ikut ${word(saved.get(id))}`;
  theirs.addEventListener("click", () => { draft.delete(id); redraw(); });
  const mine = document.createElement("button");
  mine.type = "button";
  mine.className = "button small";
  mine.textContent = `Tetap ${word(draft.get(id).mark)}`;
  mine.addEventListener("click", () => { draft.set(id, { ...draft.get(id), seen: saved.get(id) }); redraw(); });
  box.append(sentence, theirs, mine);
  return box;
}

function tally() {
  const counts = { hadir: 0, izin: 0, sakit: 0, alpa: 0, none: 0 };
  for (const id of saved.keys()) counts[markOf(id) ?? "none"] += 1;
  return counts;
}

function sentence(counts) {
  const words = Object.keys(WORDS).filter((mark) => counts[mark]).map((mark) => `${WORDS[mark]} ${counts[mark]}`);
  if (counts.none) words.push(`${words.length ? "belum" : "Belum"} ditandai ${counts.none}`);
  return `${words.join(", ")} dari ${saved.size} keluarga`;
}

function redraw() {
  rows.forEach(draw);
  const waiting = rows.filter((row) => row.dataset.proof === "code" && markOf(row.dataset.id) === null);
  if (open) {
    const count = changed().length;
    part("counts").textContent = sentence(tally());
    part("save").classList.toggle("calm", count === 0 && steps.length === 0);
    part("undo").disabled = steps.length === 0;
    part("keep").disabled = count === 0;
    part("keep").textContent = count ? `Simpan ${count}` : "Simpan";
    part("claims").hidden = waiting.length === 0;
    part("claims").textContent = `Catat ${waiting.length} yang kodenya cocok`;
  }
  filter();
  remember();
}

function filter() {
  const words = part("search").value.trim().toLowerCase();
  const fits = {
    all: () => true,
    open: (row) => markOf(row.dataset.id) === null,
    claimed: (row) => ["code", "claimed"].includes(row.dataset.proof),
  };
  let seen = 0;
  for (const row of rows) {
    const name = row.querySelector(".name").textContent.toLowerCase();
    row.hidden = !(name.includes(words) && fits[showing](row));
    seen += row.hidden ? 0 : 1;
  }
  for (const chip of root.querySelectorAll("[data-show]")) {
    chip.querySelector("b").textContent = String(rows.filter(fits[chip.dataset.show]).length);
    chip.setAttribute("aria-pressed", String(chip.dataset.show === showing));
  }
  if (part("nobody")) part("nobody").hidden = seen > 0;
}

function tell(text, tone = "", action = null, act = null) {
  const news = part("news");
  news.hidden = !text;
  news.className = `news ${tone}`;
  news.querySelector("span").textContent = text;
  const button = news.querySelector("button");
  button.hidden = !action;
  button.textContent = action ?? "";
  button.onclick = act;
}

// --- what is kept on this phone: ids and marks, no names

function remember() {
  try {
    const kept = changed();
    if (kept.length) localStorage.setItem(root.dataset.keep, JSON.stringify(kept));
    else localStorage.removeItem(root.dataset.keep);
  } catch { /* a phone that keeps nothing still marks */ }
}

function recall() {
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(root.dataset.keep) ?? "[]");
  } catch { /* nothing readable there */ }
  for (const [id, want] of kept) {
    if (saved.has(id) && want.mark !== saved.get(id)) draft.set(id, want);
  }
  if (draft.size) tell(`${draft.size} tanda di HP ini belum tersimpan. Periksa, lalu tekan Simpan.`, "warn");
}

// --- what she does

function set(marks) {
  const before = [];
  for (const [id, mark] of marks) {
    if (markOf(id) === mark) continue;
    before.push([id, draft.get(id)]);
    draft.set(id, { mark, seen: draft.get(id)?.seen ?? saved.get(id) });
  }
  if (before.length) steps.push(before);
  redraw();
}

function undo() {
  for (const [id, was] of steps.pop() ?? []) {
    if (was) draft.set(id, was);
    else draft.delete(id);
  }
  redraw();
}

const named = (ids) => ids.map((id) => byId.get(id).querySelector(".name").textContent);
const listed = (names) => (names.length > 12 ? `${names.slice(0, 12).join(", ")}, dan ${names.length - 12} lagi` : names.join(", "));

function warnings() {
  const all = [...saved.keys()];
  const present = all.filter((id) => markOf(id) === "hadir");
  const of = (proofs) => present.filter((id) => proofs.includes(byId.get(id).dataset.proof));
  const found = ["izin", "sakit", "alpa"].map((mark) => [WORDS[mark], all.filter((id) => markOf(id) === mark)]);
  found.push(["Ditandai hadir, belum memberi kabar", of(["silent"])]);
  found.push(["Ditandai hadir, tadinya bilang tidak bisa", of(["declined"])]);
  found.push(["Belum ditandai, tetap belum diketahui", all.filter((id) => markOf(id) === null)]);
  return found.filter(([, ids]) => ids.length);
}

function ask() {
  part("sure-counts").textContent = sentence(tally());
  part("sure-warnings").replaceChildren(...warnings().map(([what, ids]) => {
    const line = document.createElement("li");
    const strong = document.createElement("b");
    strong.textContent = `${what} (${ids.length}): `;
    line.append(strong, listed(named(ids)));
    return line;
  }));
  part("sure").showModal();
}

async function send(path, body) {
  const headers = { "content-type": "application/json", accept: "application/json", "x-csrf": root.dataset.csrf };
  const wire = { ...body, revision: Number(root.dataset.revision) };
  let answer;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    answer = await fetch(root.dataset.url + path, { method: "POST", headers, body: JSON.stringify(wire), signal });
  } catch {
    return { failed: "Tidak ada sambungan." };
  }
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  if (answer.status === 401) return { failed: "Sesi habis. Tulis HALAMAN di chat, masuk lagi, lalu buka daftar ini." };
  return { failed: found.error ?? "Server sedang terganggu." };
}

async function save() {
  const kept = changed();
  const marks = Object.fromEntries(kept);
  part("keep").disabled = true;
  part("keep").textContent = "Menyimpan …";
  const found = await send("/simpan", { marks });
  if (found.failed) {
    redraw();
    tell(`Belum tersimpan. ${found.failed} Semua tanda tetap ada di HP ini.`, "bad", "Coba lagi", save);
    return;
  }
  steps.length = 0;
  const mine = kept.filter(([id]) => !found.saved.others.includes(Number(id)));
  for (const [id] of mine) draft.delete(id);
  take(found);
  if (found.saved.others.length) {
    const done = mine.length ? `Tersimpan ${mine.length}. ` : "";
    tell(`${done}${found.saved.others.length} baris sudah diubah orang lain: pilih di barisnya.`, "warn");
    byId.get(String(found.saved.others[0])).scrollIntoView({ block: "center" });
    return;
  }
  const back = Object.fromEntries(mine.map(([id, want]) => [id, { mark: want.seen, seen: want.mark }]));
  const again = () => takeBack(back, found.saved.first);
  tell(`Tersimpan: ${sentence(tally())}.`, "good", "Urungkan simpan", again);
}

async function takeBack(marks, reopen) {
  const found = await send("/urungkan", { marks, reopen });
  if (found.failed) {
    tell(`Belum diurungkan. ${found.failed}`, "bad", "Coba lagi", () => takeBack(marks, reopen));
    return;
  }
  take(found);
  tell("Sudah diurungkan: tanda kembali seperti sebelumnya.", "good");
}

// --- what others do meanwhile

let tag = "";

async function look() {
  if (document.hidden || asleep) return;
  try {
    const headers = { accept: "application/json", ...(tag ? { "if-none-match": tag } : {}) };
    const answer = await fetch(`${root.dataset.url}/isi`, { headers, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 200) {
      tag = answer.headers.get("etag") ?? "";
      take(await answer.json());
    }
  } catch { /* the next look will tell */ }
}

function take(found) {
  if (found.revision !== Number(root.dataset.revision)) {
    asleep = true;
    tell("Jadwal pertemuan ini sudah dipindah. Muat ulang halaman.", "bad", "Muat ulang", () => location.reload());
    return;
  }
  for (const line of found.rows) {
    const row = byId.get(String(line.id));
    if (!row) continue;
    const id = row.dataset.id;
    row.dataset.proof = line.proof;
    row.dataset.by = line.by;
    const said = row.querySelector(".said");
    said.textContent = line.said;
    said.dataset.proof = line.proof;
    if (saved.get(id) !== line.mark) {
      saved.set(id, line.mark);
      row.querySelector(".clash")?.remove();
      if (draft.get(id)?.mark === line.mark) draft.delete(id);
    }
  }
  const closed = part("closed");
  closed.hidden = !found.closed;
  closed.querySelector("b").textContent = found.closed;
  redraw();
}

// --- begin

for (const chip of root.querySelectorAll("[data-show]")) {
  chip.addEventListener("click", () => { showing = chip.dataset.show; filter(); });
}
part("search").addEventListener("input", filter);

if (open) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    if (!button) return;
    const id = button.closest(".row").dataset.id;
    set([[id, markOf(id) === button.dataset.set ? null : button.dataset.set]]);
  });
  root.addEventListener("keydown", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const mark = KEYS[event.key.toLowerCase()];
    const step = mark || event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const shown = rows.filter((one) => !one.hidden);
    const next = shown[shown.indexOf(row) + step];
    const place = [...row.querySelectorAll("[data-set]")].indexOf(event.target);
    if (mark) set([[row.dataset.id, mark]]);
    next?.querySelectorAll("[data-set]")[Math.max(place, 0)].focus();
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && event.target.tagName !== "INPUT") {
      event.preventDefault();
      undo();
    }
  });
  part("all").addEventListener("click", () => {
    set([...saved.keys()].filter((id) => markOf(id) === null).map((id) => [id, "hadir"]));
    tell("Semua yang belum ditandai jadi Hadir. Sekarang ketuk Izin, Sakit, atau Alpa pada yang tidak hadir, lalu Simpan.");
  });
  part("claims").addEventListener("click", () => {
    const proven = rows.filter((row) => row.dataset.proof === "code" && markOf(row.dataset.id) === null);
    set(proven.map((row) => [row.dataset.id, "hadir"]));
  });
  part("undo").addEventListener("click", undo);
  part("keep").addEventListener("click", ask);
  part("sure-no").addEventListener("click", () => part("sure").close());
  part("sure-yes").addEventListener("click", () => { part("sure").close(); save(); });
  recall();
  addEventListener("offline", () => tell("Tidak ada sambungan. Terus saja menandai: semua tetap ada di HP ini.", "warn"));
  addEventListener("online", () => {
    const count = changed().length;
    if (count) tell(`Sambungan kembali. ${count} tanda belum tersimpan.`, "warn", "Simpan", ask);
    else tell("Sambungan kembali.", "good");
  });
}
redraw();
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
root.dataset.ready = "yes";
