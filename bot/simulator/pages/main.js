// How does the page live? It asks /simulator/api every moment and draws what it hears.

import { clock } from "./clock.js";
import { guide } from "./guide.js";
import { SAMPLE, people } from "./people.js";
import { Phone, phones } from "./phone.js";
import { register } from "./register.js";
import { recall, show } from "./screens.js";
import { Failed, ask } from "./server.js";
import { $, pause, toast } from "./tools.js";

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
