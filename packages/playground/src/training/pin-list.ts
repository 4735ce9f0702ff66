import { add, draw, setText } from "../elements.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import type { Method } from "./protocol.js";

const METHODS: readonly Method[] = ["numerical", "backprop"];

/** What the reader asks for. */
interface Wishes {
  /** Another network is chosen. */
  choose(): void;
  pin(method: Method): void;
  unpin(slot: number): void;
}

/** A pinned run as the list shows it. */
interface Item {
  readonly slot: number;
  readonly name: string;
  readonly hasDiverged: boolean;
}

/** Why no run can be pinned now. */
type Hindrance = "full" | "pinned" | "empty";

/** The button that pins a run, and the list of the pinned runs. */
export class PinList {
  readonly #texts: Texts;
  readonly #wishes: Wishes;
  readonly #button: HTMLButtonElement;
  readonly #select: HTMLSelectElement;
  readonly #why: HTMLElement;
  readonly #list: HTMLElement;
  /** What the list shows. */
  #shown = "";

  constructor(section: Element, state: UrlState, texts: Texts, wishes: Wishes) {
    this.#texts = texts;
    this.#wishes = wishes;
    texts.show(add(section, "h2", { id: "pins-title" }), ({ pins }) => pins.title);
    const field = add(section, "div", { class: "pinning" });
    this.#button = add(field, "button", { type: "button", id: "pin", "aria-describedby": "pin-why" });
    texts.show(this.#button, ({ pins }) => pins.pin);
    this.#select = add(field, "select", { id: "pin-method" });
    texts.name(this.#select, "aria-label", ({ pins }) => pins.method);
    for (const method of METHODS) {
      texts.show(add(this.#select, "option", { value: method }), ({ page }) => page[method]);
    }
    this.#select.value = state.choice("pin", METHODS, "numerical");
    this.#why = add(field, "p", { id: "pin-why", class: "hint" });
    this.#list = add(section, "ul", { "aria-labelledby": "pins-title", tabindex: -1 });
    this.#button.addEventListener("click", () => wishes.pin(this.method));
    this.#select.addEventListener("change", () => {
      state.set("pin", this.method);
      wishes.choose();
    });
  }

  /** The network whose curves are to be pinned. */
  get method(): Method {
    return this.#select.value as Method;
  }

  /** @param hindrance Why no run can be pinned now; absent if one can. */
  show(items: readonly Item[], hindrance?: Hindrance): void {
    const { pins } = this.#texts.strings;
    this.#button.disabled = hindrance !== undefined;
    setText(this.#why, hindrance === undefined ? pins.hint : pins.hindrances[hindrance]);
    const names = items.map(({ name, hasDiverged }) => (hasDiverged ? pins.diverged(name) : name));
    const shown = JSON.stringify([items, names, pins.unpin("")]);
    // A list that is made anew would take the focus away from its buttons.
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.#list.contains(document.activeElement);
    this.#list.replaceChildren();
    for (const [i, { slot }] of items.entries()) this.#addItem(slot, names[i]!);
    if (hadFocus) (this.#list.querySelector("button") ?? this.#list).focus();
  }

  #addItem(slot: number, name: string): void {
    const item = add(this.#list, "li", { class: `p${slot}` });
    const sample = draw(item, "svg", { class: "chart sample", viewBox: "0 0 44 10", "aria-hidden": "true" });
    draw(sample, "path", { class: `line pin p${slot}`, d: "M0,5H44" });
    add(item, "span").textContent = `${slot + 1} · ${name}`;
    const button = add(item, "button", { type: "button", "aria-label": this.#texts.strings.pins.unpin(name) });
    add(button, "span", { "aria-hidden": "true" }).textContent = "×";
    button.addEventListener("click", () => this.#wishes.unpin(slot));
  }
}
