// Fields with their names, in the language of the reader.
import { add } from "../elements.js";
import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";

type Choose = (strings: Strings) => string;

/** Adds a field with the name of the control `id`, which is to be added to it. */
export function addField(parent: Element, id: string, texts: Texts, name: Choose, classes = "field"): HTMLElement {
  const field = add(parent, "div", { class: classes });
  texts.show(add(field, "label", { for: id }), name);
  return field;
}

/** A slider with its name, and its value in words beside the name. */
export class Slider {
  readonly #input: HTMLInputElement;
  readonly #output: HTMLOutputElement;

  /** @param moved Called with the value to which the reader moves the slider. */
  constructor(
    parent: Element,
    id: string,
    texts: Texts,
    name: Choose,
    range: { readonly min: number; readonly max: number; readonly step: number },
    moved: (value: number) => void,
  ) {
    const field = addField(parent, id, texts, name, "field rate");
    this.#output = add(field, "output", { for: id });
    this.#input = add(field, "input", { type: "range", id, ...range });
    this.#input.addEventListener("input", () => moved(this.#input.valueAsNumber));
  }

  show(value: number, text: string): void {
    this.#input.value = String(value);
    this.#input.setAttribute("aria-valuetext", text);
    this.#output.value = text;
  }
}
