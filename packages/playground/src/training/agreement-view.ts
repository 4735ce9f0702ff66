// The part about how far the two are apart: the losses of both runs, and both gradients of one network.
import { add, setText } from "../elements.js";
import { COUNT, formatNumber } from "../numbers.js";
import type { Texts } from "../strings/texts.js";
import { ticks } from "./chart.js";
import { roundUp } from "./curves.js";
import { placeOfEntry } from "./gradients.js";
import { type Axis, type LogPicture, LogPlot, logAxis } from "./log-plot.js";
import type { GradientPair } from "./protocol.js";
import type { Agreement } from "./series.js";

/** Exponents of the axes: differences of losses, and sizes of gradient entries with their differences. */
const LOSSES = [-17, 0] as const;
const ENTRIES = [-10, 0] as const;
const DIFFERENCES = [-17, 0] as const;

/** Both pictures. While nobody sees them they are not drawn, and no gradients are compared. */
export class AgreementView {
  readonly #texts: Texts;
  readonly #losses: LogPlot;
  readonly #gradients: LogPlot;
  readonly #gradientPart: HTMLElement;
  readonly #note: HTMLElement;
  #agreement: Agreement | undefined;
  #pair: GradientPair | undefined;
  /** The entries of the pair by the size of their value, which is the order from left to right. */
  #order: readonly number[] = [];
  #units = 1;
  #isSeen = false;
  #drawn: { agreement?: Agreement | undefined; steps?: number; pair?: GradientPair | undefined } = {};

  /** @param seen Called with whether the part is seen. */
  constructor(section: HTMLElement, texts: Texts, seen: (isSeen: boolean) => void) {
    this.#texts = texts;
    texts.show(add(section, "h2", { id: "agreement-title" }), ({ agreement }) => agreement.title);
    texts.show(add(section, "p", { class: "intro" }), ({ agreement }) => agreement.intro);
    const plots = add(section, "div", { class: "plots" });
    const [left, right] = [add(plots, "div"), add(plots, "div")];
    texts.show(add(left, "h3"), ({ agreement }) => agreement.lossTitle);
    texts.show(add(left, "p", { class: "hint" }), ({ agreement }) => agreement.lossNote);
    this.#losses = new LogPlot(
      left,
      texts,
      ({ agreement }) => agreement.lossPicture,
      (target) => this.#readLoss(target),
    );
    texts.show(add(right, "h3"), ({ agreement }) => agreement.gradientTitle);
    this.#gradientPart = right;
    this.#note = add(right, "p", { class: "hint note" });
    const key = add(right, "p", { class: "hint keys" });
    for (const name of ["numerical", "backprop", "apart"] as const) {
      texts.show(add(key, "span", { class: `${name} dot-key` }), ({ agreement }) => agreement.sizes[name]);
    }
    this.#gradients = new LogPlot(
      right,
      texts,
      ({ agreement }) => agreement.gradientPicture,
      (target) => this.#readEntry(target),
    );
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false;
      seen(this.#isSeen);
      this.#draw();
    }).observe(section);
    texts.follow(() => {
      this.#drawn = {};
      this.#draw(true);
    });
  }

  /** Shows the losses of both runs, and the gradients of a network with so many hidden units. */
  draw(agreement: Agreement, pair: GradientPair | undefined, units: number): void {
    this.#agreement = agreement;
    if (pair !== this.#pair) {
      const sizes = Array.from(pair?.backprop ?? [], Math.abs);
      this.#order = [...sizes.keys()].sort((a, b) => sizes[a]! - sizes[b]!);
    }
    this.#pair = pair;
    this.#units = units;
    this.#draw();
  }

  /** Draws what has changed. Texts change also while nobody sees them: they are read aloud. */
  #draw(isForced = false): void {
    const [agreement, pair] = [this.#agreement, this.#pair];
    if (!agreement || (this.#drawn.agreement && !this.#isSeen && !isForced)) return;
    const { steps } = agreement;
    if (agreement !== this.#drawn.agreement || steps !== this.#drawn.steps)
      this.#losses.draw(pictureOfLosses(agreement));
    if (pair !== this.#drawn.pair || !this.#drawn.agreement) {
      this.#gradients.draw(this.#pictureOfGradients());
      const words = this.#texts.strings.agreement;
      this.#gradientPart.classList.toggle("unprinted", pair === undefined);
      setText(this.#note, pair ? words.gradientNote(COUNT.format(pair.steps)) : words.waiting);
    }
    this.#drawn = { agreement, steps, pair };
  }

  /** The size of the quotient, and of the difference from backpropagation, over the size of backpropagation's entry. */
  #pictureOfGradients(): LogPicture {
    const { numerical, backprop } = this.#pair ?? { numerical: [], backprop: [] };
    const sizes = this.#order.map((i) => Math.abs(backprop[i]!));
    const quotients = this.#order.map((i, place) => [sizes[place]!, Math.abs(numerical[i]!)] as const);
    const apart = this.#order.map((i, place) => [sizes[place]!, Math.abs(numerical[i]! - backprop[i]!)] as const);
    const ends = ENTRIES.map((exponent) => 10 ** exponent);
    return {
      x: logAxis(...ENTRIES),
      y: logAxis(...DIFFERENCES),
      layers: [
        { name: "line diagonal", isLine: true, points: ends.map((end) => [end, end]) },
        { name: "dots apart", isLine: false, points: apart },
        { name: "dots numerical", isLine: false, points: quotients },
      ],
      targets: quotients,
    };
  }

  #readLoss(i: number | undefined): string {
    const words = this.#texts.strings.agreement;
    const agreement = this.#agreement;
    if (!agreement || agreement.steps === 0) return words.noSteps;
    if (i === undefined) return words.largestLoss(COUNT.format(agreement.steps), sizeOf(agreement.largest));
    const { buckets, width } = agreement.series;
    const bucket = buckets[i]!;
    const [first, last] = [i * width + 1, i * width + bucket.count];
    const steps = first === last ? COUNT.format(first) : `${COUNT.format(first)}–${COUNT.format(last)}`;
    return words.lossAt(steps, sizeOf(bucket.high));
  }

  #readEntry(i: number | undefined): string {
    const words = this.#texts.strings.agreement;
    const pair = this.#pair;
    if (!pair) return "";
    const counts = [COUNT.format(pair.count), COUNT.format(pair.zeros)] as const;
    const entry = i === undefined ? undefined : this.#order[i];
    if (entry === undefined) return words.largestEntry(...counts, sizeOf(pair.largest));
    const [a, b] = [pair.numerical[entry]!, pair.backprop[entry]!];
    const { name, row, column } = placeOfEntry(pair.entries[entry]!, this.#units);
    const where = {
      w1: () => words.fromPixel(Math.floor(row / 28) + 1, (row % 28) + 1, column + 1),
      b1: () => words.biasOfUnit(column + 1),
      w2: () => words.fromUnit(row + 1, column),
      b2: () => words.biasOfDigit(column),
    };
    return words.entry(where[name](), formatNumber(a, 8), formatNumber(b, 8), sizeOf(Math.abs(a - b)));
  }
}

/** The largest difference of each bucket. Differences of 0 lie on the axis. */
function pictureOfLosses({ series, steps }: Agreement): LogPicture {
  const end = roundUp(Math.max(100, steps));
  const x: Axis = { placeOf: (step) => step / end, ticks: ticks(end, 5).map((step) => [step, COUNT.format(step)]) };
  const points = series.buckets.map(({ high, count }, i) => [i * series.width + (count + 1) / 2, high] as const);
  return { x, y: logAxis(...LOSSES), layers: [{ name: "dots apart", isLine: false, points }], targets: points };
}

function sizeOf(difference: number): string {
  return difference === 0 ? "0" : formatNumber(difference, 2).replaceAll(" ", "\u00a0");
}
