import { find, setText } from "../elements.js";
import { COUNT } from "../numbers.js";
import type { Texts } from "../strings/texts.js";
import type { Failure } from "./protocol.js";

/** Bytes of MNIST's four files, decompressed. */
const BYTES = 54_950_048;

/** Shows the progress of the download, and an error if one occurs. */
export class Loading {
  readonly #texts: Texts;
  readonly #section = find("#loading", HTMLElement);
  readonly #text = find("#loading p", HTMLElement);
  readonly #bar = find("#loading progress", HTMLProgressElement);
  readonly #failure = find("#failure", HTMLElement);
  readonly #reason = find("#reason", HTMLElement);
  readonly #loaded = new Map<string, number>();
  #failed: Failure | undefined;
  #isStopped = false;

  constructor(texts: Texts) {
    this.#texts = texts;
    this.#bar.max = BYTES;
    find("#failure button", HTMLButtonElement).addEventListener("click", () => location.reload());
    texts.follow(() => this.#showText());
  }

  show(file: string, loaded: number): void {
    this.#loaded.set(file, loaded);
    this.#showText();
  }

  end(): void {
    this.#section.hidden = true;
  }

  /** Says that only the first images are there, because the others could not be loaded. */
  stop(): void {
    this.#isStopped = true;
    this.#bar.hidden = true;
    this.#showText();
  }

  /** Says what has failed. The reason of the platform stands below, in the platform's language. */
  fail(failure: Failure): void {
    this.#failed = failure;
    this.#showText();
    this.#section.hidden = true;
    this.#failure.hidden = false;
    this.#failure.focus();
    setText(find("#failure pre", HTMLElement), failure.message);
  }

  #showText(): void {
    const { page, training, failure: words } = this.#texts.strings;
    const sum = [...this.#loaded.values()].reduce((a, b) => a + b, 0);
    const [loaded, total] = [COUNT.format(sum / 1e6), COUNT.format(BYTES / 1e6)];
    this.#bar.value = sum;
    const progress = sum === 0 ? page.loading : training.loading(loaded, total);
    this.#text.textContent = this.#isStopped ? training.incomplete : progress;
    const { file, message } = this.#failed ?? {};
    setText(this.#reason, file !== undefined ? words.download(file) : message === "" ? words.worker : "");
  }
}
