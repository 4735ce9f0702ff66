import type { Settings } from "./protocol.js";

/** Learning rates of the slider: from 0.001 to 10, six to a decade. */
export const LEARNING_RATES: readonly number[] = [
  ...[-3, -2, -1, 0].flatMap((exponent) => [1, 1.5, 2, 3, 5, 7].map((factor) => Number(`${factor}e${exponent}`))),
  10,
];

/** The settings of the book. */
export const BOOK: Settings = { hiddenSize: 50, batchSize: 100, seed: 0, h: 1e-4, learningRate: 0.1 };

/** Number of weights and biases of a network for MNIST. */
export function countParameters(hiddenSize: number): number {
  return 784 * hiddenSize + hiddenSize + hiddenSize * 10 + 10;
}

/** Called when the user asks for something. */
export interface Wishes {
  /** Start or pause. */
  run(): void;
  step(): void;
  /**
   * Begin anew with these settings: the user has pressed Reset or changed a setting of the first weights or batches.
   */
  reset(settings: Settings): void;
  learningRate(learningRate: number): void;
}

/** The form with the buttons and the settings. It ignores values that its inputs do not allow. */
export class Controls {
  readonly #form: HTMLFormElement;
  #settings: Settings = BOOK;

  constructor(form: HTMLFormElement, wishes: Wishes) {
    this.#form = form;
    form.reset(); // browsers keep what was entered before a reload
    form.addEventListener("submit", (event) => {
      event.preventDefault();
    });
    this.#button("run").addEventListener("click", () => wishes.run());
    this.#button("one").addEventListener("click", () => wishes.step());
    this.#button("again").addEventListener("click", () => wishes.reset(this.#settings));
    const rate = this.#input("learningRate");
    rate.addEventListener("input", () => {
      this.#settings = { ...this.#settings, learningRate: LEARNING_RATES[Number(rate.value)]! };
      this.#showRate();
      wishes.learningRate(this.#settings.learningRate);
    });
    for (const name of ["hiddenSize", "batchSize", "seed", "h"] as const) {
      const input = this.#input(name);
      input.addEventListener("change", () => {
        if (!input.reportValidity()) return;
        this.#settings = { ...this.#settings, [name]: Number(input.value) };
        wishes.reset(this.#settings);
      });
    }
    rate.value = String(LEARNING_RATES.indexOf(BOOK.learningRate));
    this.#showRate();
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Enables the buttons that can be used now. */
  show({ isRunning, canTrain }: { isRunning: boolean; canTrain: boolean }): void {
    const run = this.#button("run");
    run.textContent = isRunning ? "Pause" : "Start";
    run.disabled = !canTrain;
    this.#button("one").disabled = !canTrain || isRunning;
  }

  /** Enables or disables the whole form. */
  enable(isUsable: boolean): void {
    this.#form.querySelector("fieldset")?.toggleAttribute("disabled", !isUsable);
  }

  #showRate(): void {
    const text = String(this.#settings.learningRate);
    this.#input("learningRate").setAttribute("aria-valuetext", text);
    (this.#form.elements.namedItem("shownRate") as HTMLOutputElement).value = text;
  }

  #button(name: "run" | "one" | "again"): HTMLButtonElement {
    return this.#form.elements.namedItem(name) as HTMLButtonElement;
  }

  #input(name: keyof Settings): HTMLInputElement | HTMLSelectElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  }
}
