import { setText } from "../elements.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import type { Settings } from "./protocol.js";

/** Learning rates of the slider: from 0.001 to 10, six to a decade. */
export const LEARNING_RATES: readonly number[] = [
  ...[-3, -2, -1, 0].flatMap((exponent) => [1, 1.5, 2, 3, 5, 7].map((factor) => Number(`${factor}e${exponent}`))),
  10,
];

/** The settings of the book. */
export const BOOK: Settings = { hiddenSize: 50, batchSize: 100, seed: 0, h: 1e-4, learningRate: 0.1 };

/** Settings that hold for a whole run. */
type Fixed = "hiddenSize" | "batchSize" | "seed" | "h";
/** Their names in the URL, which also has an h of its own in another part. */
const PARAMETERS: Readonly<Record<Fixed, string>> = { hiddenSize: "units", batchSize: "batch", seed: "seed", h: "h" };
const FIXED: readonly Fixed[] = ["hiddenSize", "batchSize", "seed", "h"];

/** Largest h for which the core has fast formulas. */
const FAST = 5e-4;

/** Number of weights and biases of a network for MNIST. */
export function countParameters(hiddenSize: number): number {
  return 784 * hiddenSize + hiddenSize + hiddenSize * 10 + 10;
}

/** Called when the user asks for something. */
export interface Wishes {
  /** Start or pause. */
  run(): void;
  step(): void;
  /** Begin anew with these settings. */
  reset(settings: Settings): void;
  learningRate(learningRate: number): void;
}

/** What the form has to know of the training. */
export interface Progress {
  readonly isRunning: boolean;
  readonly canTrain: boolean;
  readonly isFinished: boolean;
  /** Steps that both networks have made. */
  readonly steps: number;
}

/**
 * The form with the buttons and the settings. A setting of the first weights or of the batches holds from the next run
 * on, if a run has begun: nothing but Reset ends a run. A value that cannot be used is said at its field.
 */
export class Controls {
  readonly #form: HTMLFormElement;
  readonly #wishes: Wishes;
  readonly #texts: Texts;
  readonly #state: UrlState;
  /** Settings of the run, and those that the fields show. */
  #settings: Settings = BOOK;
  #next: Settings = BOOK;
  #hasBegun = false;
  #progress: Progress | undefined;

  constructor(form: HTMLFormElement, state: UrlState, texts: Texts, wishes: Wishes) {
    this.#form = form;
    this.#state = state;
    this.#texts = texts;
    this.#wishes = wishes;
    form.reset(); // browsers keep what was entered before a reload
    form.addEventListener("submit", (event) => {
      event.preventDefault();
    });
    this.#button("run").addEventListener("click", () => {
      this.#hasBegun = true;
      wishes.run();
    });
    this.#button("one").addEventListener("click", () => {
      this.#hasBegun = true;
      wishes.step();
    });
    this.#button("again").addEventListener("click", () => this.#begin());
    const rate = this.#input("learningRate");
    rate.addEventListener("input", () => this.#takeRate(LEARNING_RATES[Number(rate.value)]!));
    for (const name of FIXED) {
      this.#input(name).addEventListener("input", () => this.#showValidity(name));
      this.#input(name).addEventListener("change", () => this.#take(name));
    }
    this.#readState();
    this.#showRate();
    texts.follow(() => this.#showTexts());
  }

  /** Whether a step of this run has been asked for, or the run has begun with a loaded network. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Enables the buttons that can be used now. */
  show(progress: Progress): void {
    this.#progress = progress;
    const { isRunning, canTrain, isFinished, steps } = progress;
    const run = this.#button("run");
    const words = this.#texts.strings.training;
    setText(run, words[isRunning ? "pause" : isFinished ? "trainOn" : steps > 0 ? "resume" : "start"]);
    run.disabled = !canTrain;
    this.#button("one").disabled = !canTrain || isRunning;
    this.#button("again").disabled = !this.#hasBegun;
    const isPending = FIXED.some((name) => this.#next[name] !== this.#settings[name]);
    setText(this.#button("again"), isPending ? words.newRun : words.reset);
    const pending = this.#form.querySelector<HTMLElement>(".pending")!;
    setText(pending, isPending ? words.pending : "");
  }

  /** Takes the settings for a run from a loaded network with so many hidden units. Returns them. */
  takeNetwork(hiddenSize: number): Settings {
    this.#input("hiddenSize").value = String(hiddenSize);
    this.#next = { ...this.#next, hiddenSize };
    this.#settings = this.#next;
    this.#hasBegun = true;
    this.#showValidity("hiddenSize");
    return this.#settings;
  }

  /** Sets the fields to the settings of the book: for the run of now if it has not begun, or else for the next one. */
  takeBook(): void {
    for (const name of FIXED) {
      const input = this.#input(name);
      input.value = name === "h" ? BOOK.h.toExponential() : String(BOOK[name]);
      if (this.#next[name] === BOOK[name]) this.#showValidity(name);
      else this.#take(name);
    }
    if (this.#settings.learningRate !== BOOK.learningRate) this.#takeRate(BOOK.learningRate);
  }

  /** Enables or disables the whole form. */
  enable(isUsable: boolean): void {
    this.#form.querySelector("fieldset")?.toggleAttribute("disabled", !isUsable);
  }

  /** Takes the settings that the URL has, as far as the fields allow them. */
  #readState(): void {
    const wanted = LEARNING_RATES.indexOf(this.#state.number("rate", 0, 10, BOOK.learningRate));
    const settings: Record<string, number> = { ...BOOK, learningRate: LEARNING_RATES[wanted] ?? BOOK.learningRate };
    for (const name of FIXED) {
      const [input, text] = [this.#input(name), this.#state.text(PARAMETERS[name])];
      if (text === null) continue;
      const before = input.value;
      // The values of h are written in another way than numbers are.
      input.value = name === "h" ? Number(text).toExponential() : text;
      // A form that is disabled checks no values.
      if (isWithin(input)) settings[name] = Number(input.value);
      else input.value = before;
    }
    this.#settings = settings as unknown as Settings;
    this.#next = this.#settings;
  }

  /** Takes the value of a field: at once if no run has begun, or else for the next run. */
  #take(name: Fixed): void {
    if (!this.#showValidity(name)) return;
    this.#next = { ...this.#next, [name]: Number(this.#input(name).value) };
    this.#state.set(PARAMETERS[name], this.#next[name]);
    if (!this.#hasBegun) this.#begin();
    else if (this.#progress) this.show(this.#progress);
  }

  #begin(): void {
    this.#hasBegun = false;
    this.#settings = this.#next;
    this.#wishes.reset(this.#settings);
  }

  /** Says at a field whether its value can be used, and which one is used instead. */
  #showValidity(name: Fixed): boolean {
    const input = this.#input(name);
    const isValid = input.checkValidity();
    const said = this.#form.querySelector<HTMLElement>(`#${name}-wrong`);
    input.setAttribute("aria-invalid", String(!isValid));
    if (said && input instanceof HTMLInputElement) {
      const { notUsed } = this.#texts.strings.training;
      setText(said, isValid ? "" : notUsed(input.min, most(input), String(this.#next[name])));
    }
    return isValid;
  }

  /** Shows the texts that are not those of index.html: ranges, the names of h, and what depends on the progress. */
  #showTexts(): void {
    const { slow, range } = this.#texts.strings.training;
    for (const name of FIXED) {
      const input = this.#input(name);
      const small = this.#form.querySelector(`label[for=${name}] small`);
      if (small && input instanceof HTMLInputElement) small.textContent = range(input.min, most(input));
      this.#showValidity(name);
    }
    for (const option of this.#form.querySelectorAll<HTMLOptionElement>("#h option")) {
      const h = String(Number(option.value).toFixed(-Math.log10(Number(option.value))));
      option.textContent = Number(option.value) > FAST ? slow(h) : h;
    }
    if (this.#progress) this.show(this.#progress);
  }

  /** Takes a learning rate, which holds from the next step on. */
  #takeRate(learningRate: number): void {
    this.#settings = { ...this.#settings, learningRate };
    this.#next = { ...this.#next, learningRate };
    this.#state.set("rate", learningRate);
    this.#showRate();
    this.#wishes.learningRate(learningRate);
  }

  #showRate(): void {
    this.#input("learningRate").value = String(LEARNING_RATES.indexOf(this.#settings.learningRate));
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

/** The largest value of a field, as a reader writes it. */
function most(input: HTMLInputElement): string {
  return Number(input.max).toLocaleString("en-US");
}

/** Whether a field has one of the values that it allows. */
function isWithin(input: HTMLInputElement | HTMLSelectElement): boolean {
  const value = Number(input.value);
  if (input.value === "") return false;
  if (input instanceof HTMLSelectElement) return true;
  return Number.isInteger(value) && value >= Number(input.min) && value <= Number(input.max);
}
