import { add, setText } from "../elements.js";
import { formatNumber } from "../numbers.js";
import { drawScale } from "./sheet.js";

/** The scale of colours of weights, with its numbers. */
export class Legend {
  readonly #numbers: readonly HTMLElement[];

  constructor(parent: Element) {
    const legend = add(parent, "div", { class: "legend" });
    drawScale(add(legend, "canvas", { "aria-hidden": "true" }));
    this.#numbers = [add(legend, "span"), add(legend, "span"), add(legend, "span")];
  }

  /** Names the ends, from which on weights have the full colour. */
  show(limit: number): void {
    const end = formatNumber(limit, 2);
    const texts = limit > 0 ? [`≤ −${end}`, "0", `≥ ${end}`] : ["", "0", ""];
    for (const [i, number] of this.#numbers.entries()) setText(number, texts[i]!);
  }
}
