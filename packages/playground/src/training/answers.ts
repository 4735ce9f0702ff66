import { add } from "../elements.js";
import type { Probs } from "./pair.js";
import type { Method } from "./protocol.js";

const METHODS: readonly Method[] = ["numerical", "backprop"];

/** Smallest probability that is shown as a number: a column of zeros would hide the others. */
const LEAST = 0.005;

interface Row {
  readonly row: HTMLElement;
  readonly bars: readonly HTMLElement[];
  readonly values: readonly HTMLElement[];
}

/** Ten rows with a bar for each network. */
export class Answers {
  readonly #rows: readonly Row[];

  constructor(list: HTMLElement) {
    this.#rows = Array.from({ length: 10 }, (_, digit) => {
      const row = add(list, "li");
      add(row, "b").textContent = String(digit);
      const track = add(row, "span", { class: "track" });
      const bars = METHODS.map((method) => add(track, "i", { class: method }));
      return { row, bars, values: METHODS.map((method) => add(row, "span", { class: `value ${method}` })) };
    });
  }

  draw(probs: Probs | undefined): void {
    const best = probs && bestOf(probs.numerical);
    for (const [digit, { row, bars, values }] of this.#rows.entries()) {
      for (const [i, method] of METHODS.entries()) {
        const prob = probs?.[method][digit] ?? 0;
        bars[i]!.style.transform = `scaleX(${prob.toFixed(4)})`;
        values[i]!.textContent = prob < LEAST ? "" : `${Math.round(100 * prob)} %`;
      }
      row.classList.toggle("best", digit === best);
    }
  }
}

/** The predictions of both networks in a sentence. A test image has a `label`. */
export function sentenceOf(probs: Probs | undefined, label?: number): string {
  const truth = label === undefined ? "" : `A test image, labelled ${label}. `;
  if (!probs) return truth;
  const [a, b] = [bestOf(probs.numerical), bestOf(probs.backprop)];
  if (a === b) return `${truth}Both networks say ${a}.`;
  return `${truth}Differences say ${a}, backpropagation says ${b}.`;
}

function bestOf(probs: Float64Array): number {
  return probs.indexOf(Math.max(...probs));
}
