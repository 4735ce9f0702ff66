import { find } from "../elements.js";
import { formatNumber } from "../numbers.js";
import { type LineValue, Readout } from "../readout.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { Chart, NUMBER, type Picture, pointAt } from "./chart.js";
import { drawAccuracies, drawLosses, type Pinned, pinOf } from "./curves.js";
import type { Pair } from "./pair.js";
import { PinList } from "./pin-list.js";
import { nameOf, ratesOf } from "./pin-names.js";
import { type Pin, type PinStorage, Pins } from "./pins.js";

type ChartName = "losses" | "accuracies";

const EMPTY: Picture = { xMax: 100, yMax: 1, shapes: [] };

/** The curves of both networks over their steps, with those of up to four pinned runs. */
export class Charts {
  readonly #pair: Pair;
  readonly #texts: Texts;
  readonly #losses: Chart;
  readonly #accuracies: Chart;
  readonly #values = {
    losses: new Readout(find(".losses", HTMLElement)),
    accuracies: new Readout(find(".accuracies", HTMLElement)),
  };
  #pictures: Readonly<Record<ChartName, Picture>> = { losses: EMPTY, accuracies: EMPTY };
  /** The step that the reader has chosen, in both charts. */
  #step: number | undefined;
  readonly #pins: Pins;
  readonly #list: PinList;

  constructor(pair: Pair, state: UrlState, texts: Texts) {
    this.#pair = pair;
    this.#texts = texts;
    this.#pins = new Pins(storageOfTab());
    this.#list = new PinList(find("#pins", HTMLElement), state, texts, {
      choose: () => this.draw(),
      pin: (method) => {
        if (pair.run) this.#pins.add(pair.run, pair[method]);
        this.draw();
      },
      unpin: (slot) => {
        this.#pins.remove(slot);
        this.draw();
      },
    });
    const choose = (name: ChartName) => (step: number | undefined, byKeys: boolean) => this.#choose(name, step, byKeys);
    this.#losses = new Chart(find("#losses", SVGSVGElement), NUMBER.format, choose("losses"));
    const percent = (y: number) => `${Math.round(100 * y)} %`;
    this.#accuracies = new Chart(find("#accuracies", SVGSVGElement), percent, choose("accuracies"));
    addEventListener("pagehide", () => this.#pins.save());
  }

  /** Keeps the pinned curves, because the next run begins. */
  endRun(): void {
    this.#step = undefined;
    this.#pins.endRun();
  }

  draw(): void {
    const { both, run, steps } = this.#pair;
    const pins = this.#pins.all;
    const pinned: Pinned[] = pins.map((pin) => ({ slot: pin.slot, curves: pin.curves, label: labelOf(pin) }));
    this.#pictures = { losses: drawLosses(both, pinned), accuracies: drawAccuracies(both, pinned) };
    this.#losses.draw(this.#pictures.losses);
    this.#accuracies.draw(this.#pictures.accuracies);
    this.#showValues();
    const { method } = this.#list;
    const isPinned = run !== undefined && this.#pins.has(run, method);
    const hindrance = this.#pins.isFull ? "full" : isPinned ? "pinned" : steps > 0 ? undefined : "empty";
    this.#list.show(
      pins.map((pin) => ({ slot: pin.slot, name: this.#nameOf(pin), hasDiverged: pin.hasDiverged })),
      hindrance,
    );
  }

  #choose(name: ChartName, step: number | undefined, byKeys: boolean): void {
    if (step === this.#step) return;
    this.#step = step;
    this.#losses.mark(step);
    this.#accuracies.mark(step);
    this.#showValues();
    if (byKeys) this.#values[name].say();
  }

  /** Shows the values at the chosen step, or else the last ones. */
  #showValues(): void {
    const { readout, page } = this.#texts.strings;
    const place = this.#step === undefined ? readout.latest : readout.at(NUMBER.format(Math.round(this.#step)));
    const names = new Map<string, string>([
      ...this.#pair.both.map(({ method }) => [`line ${method}`, page[method]] as const),
      ...this.#pins.all.map((pin) => [pinOf(pin.slot), labelOf(pin)] as const),
    ]);
    const valueAt = (name: ChartName, line: string) => {
      const points = this.#pictures[name].shapes.find((shape) => shape.name === line)?.points ?? [];
      return (this.#step === undefined ? points.at(-1) : pointAt(points, this.#step))?.[1] ?? Number.NaN;
    };
    const values = (text: (line: string) => string): LineValue[] =>
      Array.from(names, ([line, name]) => ({ line, name, text: text(line) }));
    this.#values.losses.show(
      place,
      values((line) => formatNumber(valueAt("losses", line), 4)),
    );
    const percent = (line: string) => {
      const value = valueAt("accuracies", line);
      return Number.isNaN(value) ? "–" : `${(100 * value).toFixed(1)} %`;
    };
    this.#values.accuracies.show(
      `${place} (${page.test} / ${page.train})`,
      values((line) => `${percent(line)} / ${percent(`${line} train`)}`),
    );
  }

  /** Names a pinned run by what tells it from the other ones, and from the run that goes on. */
  #nameOf(pin: Pin): string {
    const { run, steps } = this.#pair;
    const others = this.#pins.all.map(({ traits }) => traits);
    // The run that goes on has both methods.
    const now = run ? [run.traitsOf(pin.traits.method, steps)] : [];
    return nameOf(pin.traits, [...others, ...now], this.#texts.strings);
  }
}

/** The short name of a pinned run, which stands at its lines. */
function labelOf({ slot, traits }: Pin): string {
  return `${slot + 1} · η ${ratesOf(traits)}`;
}

/** The storage of the tab; absent where the browser forbids it. */
function storageOfTab(): PinStorage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
