import { find } from "../elements.js";
import type { Contender } from "./contender.js";
import { lastLoss } from "./curves.js";
import { drawWeights } from "./sheet.js";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const NOTHING = "–";

type Name = "steps" | "loss" | "pace" | "speed" | "sampleTrain" | "sampleTest" | "train" | "test" | "evaluated";

/** Shows one network: its numbers, and its weights as images. */
export class Card {
  readonly #contender: Contender;
  readonly #values: Readonly<Record<Name, HTMLElement>>;
  readonly #message: HTMLElement;
  readonly #sheet: HTMLCanvasElement;
  /** The weights that the sheet shows. */
  #shownWeights: Float32Array | undefined;

  constructor(contender: Contender) {
    const value = (name: string) => find(`#${contender.method} [data-value=${name}]`, HTMLElement);
    this.#contender = contender;
    this.#values = {
      ...{ steps: value("steps"), loss: value("loss"), train: value("train") },
      ...{ test: value("test"), pace: value("pace"), speed: value("speed"), evaluated: value("evaluated") },
      ...{ sampleTrain: value("sampleTrain"), sampleTest: value("sampleTest") },
    };
    this.#message = find(`#${contender.method} .message`, HTMLElement);
    this.#sheet = find(`#${contender.method}-weights canvas`, HTMLCanvasElement);
  }

  draw(): void {
    const { isBusy, steps, series, evaluations, samples, pace, divergence, weights } = this.#contender;
    const [evaluation, sample] = [evaluations.at(-1), samples.at(-1)];
    const show = (name: Name, text: string) => {
      this.#values[name].textContent = text;
    };
    show("steps", isBusy ? "…" : COUNT.format(steps));
    show("loss", lastLoss(series)?.toFixed(3) ?? NOTHING);
    show("sampleTrain", percent(sample?.train, 1));
    show("sampleTest", percent(sample?.test, 1));
    show("train", percent(evaluation?.train, 2));
    show("test", percent(evaluation?.test, 2));
    show("evaluated", evaluation ? `after step ${COUNT.format(evaluation.steps)}` : "after each epoch");
    show("pace", pace === undefined ? NOTHING : `${pace.toPrecision(3)} ms`);
    show("speed", pace === undefined ? NOTHING : COUNT.format(1000 / pace));
    this.#message.textContent = divergence ?? "";
    if (weights && weights !== this.#shownWeights) drawWeights(this.#sheet, weights);
    this.#shownWeights = weights;
  }
}

function percent(fraction: number | undefined, decimals: number): string {
  return fraction === undefined ? NOTHING : `${(100 * fraction).toFixed(decimals)} %`;
}
