import { find } from "../elements.js";

/** Bytes of MNIST's four files, decompressed. */
const BYTES = 54_950_048;

const MEGABYTES = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Shows the progress of the download, and an error if one occurs. */
export class Loading {
  readonly #section = find("#loading", HTMLElement);
  readonly #text = find("#loading p", HTMLElement);
  readonly #bar = find("#loading progress", HTMLProgressElement);
  readonly #failure = find("#failure", HTMLElement);
  readonly #loaded = new Map<string, number>();

  constructor() {
    this.#bar.max = BYTES;
    find("#failure button", HTMLButtonElement).addEventListener("click", () => location.reload());
  }

  show(file: string, loaded: number): void {
    this.#loaded.set(file, loaded);
    const sum = [...this.#loaded.values()].reduce((a, b) => a + b, 0);
    this.#bar.value = sum;
    this.#text.textContent = `Loading MNIST: ${MEGABYTES.format(sum / 1e6)} of ${MEGABYTES.format(BYTES / 1e6)} MB`;
  }

  end(): void {
    this.#section.hidden = true;
  }

  fail(message: string): void {
    this.#section.hidden = true;
    this.#failure.hidden = false;
    this.#failure.focus();
    find("#failure pre", HTMLElement).textContent = message;
  }
}
