// How is a person chosen for a phone?

import { CHANNELS, ROLES, people, unreadOf } from "./people.js";
import { $, el, popover } from "./tools.js";

export class Picker {
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
