import type { Strings } from "./strings.js";

type Choose = (strings: Strings) => string;

/** The texts that the page shows, so that they can change their language while the page runs. */
export class Texts {
  strings: Strings;
  readonly #shown: (() => void)[] = [];

  constructor(strings: Strings) {
    this.strings = strings;
  }

  /** Lets an element show a text, in the language of now and in each later one. */
  show(element: Element, choose: Choose): void {
    this.#bind(() => {
      element.textContent = choose(this.strings);
    });
  }

  /** Lets an attribute of an element have a text. */
  name(element: Element, attribute: string, choose: Choose): void {
    this.#bind(() => element.setAttribute(attribute, choose(this.strings)));
  }

  /** Calls `draw` now and whenever the language changes. */
  follow(draw: () => void): void {
    this.#bind(draw);
  }

  /** Changes the language of all texts. */
  change(strings: Strings): void {
    this.strings = strings;
    for (const show of this.#shown) show();
  }

  #bind(show: () => void): void {
    this.#shown.push(show);
    show();
  }
}
