// How is the server asked?

import { $, sentence } from "./tools.js";

export const API = "/simulator/api";

/** What the server refused, in its own sentence. `offline`: it could not be reached at all. */
export class Failed extends Error {
  constructor(sentence, offline = false) {
    super(sentence);
    this.offline = offline;
  }
}

export async function ask(path, body) {
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
export function keepLooking(look, every) {
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
