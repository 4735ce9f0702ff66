// The part about one weight: it is moved by h both ways, and the quotient of the losses is its entry of the gradient.
import { add, setText } from "../elements.js";
import { formatNumber } from "../numbers.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { countParameters } from "./controls.js";
import { SIDE } from "./digit.js";
import { Legend } from "./legend.js";
import type { Params, Probe } from "./protocol.js";
import { drawUnit } from "./sheet.js";
import { limitOf, unitsOf } from "./weights.js";

/** Decimals of the losses: as many as float64 has for numbers near 2. */
const DECIMALS = 15;

/** The weight from a pixel to a hidden unit. */
export interface Choice {
  readonly pixel: number;
  readonly unit: number;
}

/** The part about one weight. Whoever listens is told which weight is chosen. */
export class WeightView {
  readonly #texts: Texts;
  readonly #state: UrlState;
  readonly #chosen: (choice: Choice) => void;
  readonly #canvas: HTMLCanvasElement;
  readonly #mark: HTMLElement;
  readonly #unit: HTMLInputElement;
  readonly #wrong: HTMLElement;
  readonly #legend: Legend;
  readonly #place: HTMLElement;
  readonly #table: HTMLTableSectionElement;
  readonly #rest: HTMLElement;
  #choice: Choice;
  #units = 50;
  /** What the canvas shows. */
  #drawn: { readonly weights: Params | undefined; readonly unit: number } = { weights: undefined, unit: 0 };
  #shown: { probe: Probe | undefined; weights: Params | undefined } = { probe: undefined, weights: undefined };

  constructor(section: Element, state: UrlState, texts: Texts, chosen: (choice: Choice) => void) {
    this.#texts = texts;
    this.#state = state;
    this.#chosen = chosen;
    this.#choice = { pixel: state.number("pixel", 0, 783, 406) | 0, unit: state.number("unit", 1, 200, 1) | 0 };
    texts.show(add(section, "h2", { id: "weight-title" }), ({ weight }) => weight.title);
    texts.show(add(section, "p", { class: "intro" }), ({ weight }) => weight.intro);
    const both = add(section, "div", { class: "probe" });
    const side = add(both, "div");
    const field = add(side, "div", { class: "field" });
    texts.show(add(field, "label", { for: "w-unit" }), ({ weight }) => weight.unit);
    this.#unit = add(field, "input", { id: "w-unit", type: "number", min: 1, max: 50, step: 1, required: "" });
    this.#unit.setAttribute("aria-describedby", "w-unit-wrong");
    this.#wrong = add(field, "p", { class: "wrong", id: "w-unit-wrong", role: "alert" });
    this.#unit.addEventListener("input", () => {
      if (this.#unit.checkValidity()) this.#choose({ ...this.#choice, unit: this.#unit.valueAsNumber });
      else this.#show();
    });
    this.#unit.addEventListener("blur", () => this.#show());
    const frame = add(side, "div", { class: "unit", tabindex: 0, role: "application", "aria-describedby": "w-keys" });
    texts.name(frame, "aria-label", ({ weight }) => weight.picture);
    this.#canvas = add(frame, "canvas", { width: SIDE, height: SIDE });
    this.#mark = add(frame, "span", { class: "pixel", "aria-hidden": "true" });
    this.#legend = new Legend(side);
    this.#place = add(side, "p", { role: "status" });
    texts.show(add(side, "p", { class: "hint", id: "w-keys" }), ({ weight }) => weight.keys);
    const numbers = add(both, "div");
    this.#table = add(add(add(numbers, "div", { class: "scroll", tabindex: 0 }), "table"), "tbody");
    this.#rest = add(numbers, "p", { class: "rest" });
    this.#listen(frame);
    texts.follow(() => this.#show());
  }

  get choice(): Choice {
    return this.#choice;
  }

  /** Shows what the worker has computed last. */
  draw(probe: Probe | undefined, weights: Params | undefined): void {
    if (probe === this.#shown.probe && weights === this.#shown.weights) return;
    this.#shown = { probe, weights };
    this.#units = weights ? unitsOf(weights) : this.#units;
    this.#unit.max = String(this.#units);
    if (this.#choice.unit > this.#units) this.#choose({ ...this.#choice, unit: this.#units });
    this.#show();
  }

  /** Chooses a weight. */
  choose(choice: Choice): void {
    this.#choose(choice);
  }

  /** Chooses another hidden unit, which has been clicked. */
  chooseUnit(unit: number): void {
    this.#choose({ ...this.#choice, unit });
  }

  #listen(frame: HTMLElement): void {
    frame.addEventListener("click", ({ clientX, clientY }) => {
      const { left, top, width, height } = this.#canvas.getBoundingClientRect();
      const at = (place: number) => Math.min(SIDE - 1, Math.max(0, Math.floor(place * SIDE)));
      this.#choose({ ...this.#choice, pixel: at((clientY - top) / height) * SIDE + at((clientX - left) / width) });
    });
    frame.addEventListener("keydown", (event) => {
      const [row, column] = [Math.floor(this.#choice.pixel / SIDE), this.#choice.pixel % SIDE];
      const moves: Readonly<Record<string, readonly [number, number]>> = {
        ...{ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] },
      };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const within = (place: number) => Math.min(SIDE - 1, Math.max(0, place));
      this.#choose({ ...this.#choice, pixel: within(row + move[0]) * SIDE + within(column + move[1]) });
    });
  }

  #choose(choice: Choice): void {
    this.#choice = choice;
    this.#state.set("pixel", choice.pixel);
    this.#state.set("unit", choice.unit);
    this.#chosen(choice);
    this.#show();
  }

  #show(): void {
    const { probe, weights } = this.#shown;
    const { pixel, unit } = this.#choice;
    const words = this.#texts.strings.weight;
    const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
    if (document.activeElement !== this.#unit) this.#unit.value = String(unit);
    const isValid = this.#unit.checkValidity();
    this.#unit.setAttribute("aria-invalid", String(!isValid));
    const { notUsed } = this.#texts.strings.training;
    setText(this.#wrong, isValid ? "" : notUsed(this.#unit.min, this.#unit.max, String(unit)));
    if (weights && (weights !== this.#drawn.weights || unit !== this.#drawn.unit)) {
      const limit = limitOf(weights.w1);
      drawUnit(this.#canvas, weights, Math.min(unit, this.#units) - 1, limit);
      this.#legend.show(limit);
      this.#drawn = { weights, unit };
    }
    this.#mark.style.left = `${(100 * column) / SIDE}%`;
    this.#mark.style.top = `${(100 * row) / SIDE}%`;
    setText(this.#place, words.place(row + 1, column + 1));
    this.#rest.textContent = words.rest((countParameters(this.#units) - 1).toLocaleString("en-US"));
    this.#table.replaceChildren();
    // An answer about the weight before is not shown beside the name of this one.
    if (!probe || probe.pixel !== pixel || probe.unit !== unit - 1) return;
    this.#addRow("h", formatNumber(probe.h, 3));
    this.#addRow(words.value, formatNumber(probe.weight, 6));
    const [below, at, above] = [probe.below, probe.at, probe.above].map((loss) => loss.toFixed(DECIMALS));
    const same = sharedLength(below!, above!);
    this.#addRow("L(w − h)", below!, same);
    this.#addRow("L(w)", at!, same);
    this.#addRow("L(w + h)", above!, same);
    const quotient = (probe.above - probe.below) / (2 * probe.h);
    this.#addRow("(L(w + h) − L(w − h)) / 2h", formatNumber(quotient, 10), undefined, "central");
    this.#addRow(words.backprop, formatNumber(probe.backprop, 10), undefined, "backprop");
    this.#addRow(words.difference, formatNumber(Math.abs(quotient - probe.backprop), 2));
  }

  /** Adds a row; the digits from `same` on are marked. */
  #addRow(name: string, value: string, same?: number, kind = ""): void {
    const line = add(this.#table, "tr", { class: kind });
    add(line, "th", { scope: "row" }).textContent = name;
    const cell = add(line, "td");
    cell.textContent = same === undefined ? value : value.slice(0, same);
    if (same !== undefined) add(cell, "mark").textContent = value.slice(same);
  }
}

/** Number of characters at the beginning that both texts share. */
function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
