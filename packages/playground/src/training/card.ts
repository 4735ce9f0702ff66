import { find, setText } from "../elements.js";
import { COUNT } from "../numbers.js";
import type { Texts } from "../strings/texts.js";
import type { Contender } from "./contender.js";
import { lastLoss } from "./curves.js";
import { FIRST } from "./first-images.js";
import { SAMPLE } from "./protocol.js";

const NOTHING = "–";

type Name = "steps" | "loss" | "pace" | "speed" | "sampleTrain" | "sampleTest";

/** Shows the numbers of one network. */
export class Card {
  readonly #contender: Contender;
  readonly #values: Readonly<Record<Name, HTMLElement>>;
  /** The names of the accuracies on samples. */
  readonly #names: Readonly<Record<"train" | "test", HTMLElement>>;
  readonly #whole: HTMLElement;
  readonly #message: HTMLElement;
  readonly #texts: Texts;

  constructor(contender: Contender, texts: Texts) {
    const value = (name: string) => find(`#${contender.method} [data-value=${name}]`, HTMLElement);
    this.#contender = contender;
    this.#texts = texts;
    this.#whole = find(`#${contender.method} .whole`, HTMLElement);
    this.#values = {
      ...{ steps: value("steps"), loss: value("loss"), pace: value("pace"), speed: value("speed") },
      ...{ sampleTrain: value("sampleTrain"), sampleTest: value("sampleTest") },
    };
    const name = (of: string) => find(`#${contender.method} [data-name=${of}]`, HTMLElement);
    this.#names = { train: name("sampleTrain"), test: name("sampleTest") };
    this.#message = find(`#${contender.method} .message`, HTMLElement);
  }

  draw(): void {
    const { isBusy, steps, series, evaluations, samples, pace, divergence, part } = this.#contender;
    const [evaluation, sample] = [evaluations.at(-1), samples.at(-1)];
    const show = (name: Name, text: string) => {
      this.#values[name].textContent = text;
    };
    show("steps", isBusy ? "…" : COUNT.format(steps));
    show("loss", lastLoss(series)?.toFixed(3) ?? NOTHING);
    show("sampleTrain", percent(sample?.train, 1));
    show("sampleTest", percent(sample?.test, 1));
    const words = this.#texts.strings.training;
    const sampled = (of: "train" | "test") => COUNT.format(part === "first" ? FIRST[of] : SAMPLE);
    setText(this.#names.train, words.sampleTrain(sampled("train")));
    setText(this.#names.test, words.sampleTest(sampled("test")));
    const when = evaluation ? words.afterStep(COUNT.format(evaluation.steps)) : words.afterEpoch;
    const [train, test] = [percent(evaluation?.train, 2), percent(evaluation?.test, 2)];
    // The numbers also stand in attributes, which do not depend on the language.
    Object.assign(this.#whole.dataset, { train, test });
    setText(this.#whole, part === "first" ? "" : words.whole(train, test, when));
    show("pace", pace === undefined ? NOTHING : `${pace.toPrecision(3)} ms`);
    show("speed", pace === undefined ? NOTHING : COUNT.format(1000 / pace));
    setText(this.#message, divergence === undefined ? "" : words.diverged(COUNT.format(steps)));
  }
}

function percent(fraction: number | undefined, decimals: number): string {
  return fraction === undefined ? NOTHING : `${(100 * fraction).toFixed(decimals)} %`;
}
