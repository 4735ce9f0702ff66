import { find } from "../elements.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { Chart } from "./chart.js";
import { drawAccuracies, drawLosses, type Pinned } from "./curves.js";
import type { Pair } from "./pair.js";
import { PinList } from "./pin-list.js";
import { nameOf, ratesOf } from "./pin-names.js";
import { type Pin, type PinStorage, Pins } from "./pins.js";

/** The curves of both networks over their steps, with those of up to four pinned runs. */
export class Charts {
  readonly #pair: Pair;
  readonly #texts: Texts;
  readonly #losses = new Chart(find("#losses", SVGSVGElement));
  readonly #accuracies = new Chart(find("#accuracies", SVGSVGElement), (y) => `${Math.round(100 * y)} %`);
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
    addEventListener("pagehide", () => this.#pins.save());
  }

  /** Keeps the pinned curves, because the next run begins. */
  endRun(): void {
    this.#pins.endRun();
  }

  draw(): void {
    const { both, run, steps } = this.#pair;
    const pins = this.#pins.all;
    const pinned = pins.map((pin) => this.#pinnedOf(pin));
    this.#losses.draw(drawLosses(both, pinned));
    this.#accuracies.draw(drawAccuracies(both, pinned));
    const { method } = this.#list;
    const isPinned = run !== undefined && this.#pins.has(run, method);
    const hindrance = this.#pins.isFull ? "full" : isPinned ? "pinned" : steps > 0 ? undefined : "empty";
    this.#list.show(
      pins.map((pin) => ({ slot: pin.slot, name: this.#nameOf(pin), hasDiverged: pin.hasDiverged })),
      hindrance,
    );
  }

  #pinnedOf({ slot, curves, traits }: Pin): Pinned {
    return { slot, curves, label: `${slot + 1} · η ${ratesOf(traits)}` };
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

/** The storage of the tab; absent where the browser forbids it. */
function storageOfTab(): PinStorage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
