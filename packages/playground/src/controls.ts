import type { Settings } from "./protocol.js";
import { BOOK, LEARNING_RATES } from "./settings.js";

/** What the controls ask for. */
export interface Wishes {
  /** Start, or pause. */
  run(): void;
  step(): void;
  /** Begin anew with these settings, because the user says so or has changed one that a network begins with. */
  reset(settings: Settings): void;
  learningRate(learningRate: number): void;
}

/** The form with the buttons and the settings. Values that its inputs do not allow are not taken. */
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
      this.#settings = { ...this.#settings, learningRate: LEARNING_RATES[Number(rate.value)] as number };
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

  /** Shows what can be done now. */
  show({ isRunning, canTrain }: { isRunning: boolean; canTrain: boolean }): void {
    const run = this.#button("run");
    run.textContent = isRunning ? "Pause" : "Start";
    run.disabled = !canTrain;
    this.#button("one").disabled = !canTrain || isRunning;
  }

  /** Makes everything usable, or nothing. */
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
