// How far has it come? Asked again while something still goes: less often while nothing changes, never unseen.

const LONGEST = 30_000;
const PATIENCE = 20_000;
const part = (id, within = document) => within.getElementById(id);
const page = part("angka").dataset.page;
let wait = 0;
let timer;
let asking = false;
let announced = 0;

const every = () => 1000 * Number(part("angka").dataset.every ?? 0);
const connection = (words) => { part("sambungan").textContent = words; };

function later() {
  clearTimeout(timer);
  if (every()) timer = setTimeout(look, wait);
}

async function get(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout?.(PATIENCE) });
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok && answer.status < 500) throw new RangeError(); // asking again does not help
  if (!part("angka", found)) throw new TypeError();
  return found;
}

function show(found) {
  const before = part("kata").textContent;
  part("sejauh").textContent = part("sejauh", found).textContent;
  part("angka").replaceWith(part("angka", found));
  const verb = part("tarik-kata", found);
  if (part("tarik")) {
    part("tarik").hidden = !verb;
    if (verb && part("tarik-kata").textContent !== verb.textContent) part("tarik-kata").textContent = verb.textContent;
  }
  const words = part("kata").textContent;
  // Whoever listens hears it now and then, and how it ended.
  if (words !== before && (!every() || Date.now() - announced > LONGEST)) {
    part("kabar").textContent = `${part("sejauh").textContent}. ${words}`;
    announced = Date.now();
  }
  wait = words === before ? Math.min(LONGEST, 1.5 * wait) : every();
}

async function look() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const found = await get(`${page}/keadaan`);
    if (!part("angka", found).dataset.every) {
      part("per-keluarga").replaceWith(part("per-keluarga", await get(page)));
    }
    show(found);
    connection("");
  } catch (fault) {
    if (fault instanceof RangeError) {
      connection("Angka ini tidak diperbarui lagi. Muat ulang halaman ini.");
      delete part("angka").dataset.every;
    } else {
      connection("Sambungan terputus. Angka di atas dari waktu itu, dan dicoba lagi sendiri.");
      wait = Math.min(LONGEST, 2 * wait);
    }
  } finally {
    asking = false;
    later();
  }
}

for (const [where, what] of [[document, "visibilitychange"], [window, "online"]]) {
  where.addEventListener(what, () => {
    wait = every();
    if (wait) look();
  });
}
wait = every();
later();
