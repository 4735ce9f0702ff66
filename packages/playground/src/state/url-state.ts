// The state of the page in its URL, so that a link shows what its writer saw, and a reload what was there before.

/** Milliseconds after a change before the URL is written: browsers refuse to write it a hundred times in a second. */
const PATIENCE = 250;

/** The parameters of the page's URL. */
export class UrlState {
  readonly #parameters: URLSearchParams;
  readonly #write: (search: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param write Puts the parameters into the address bar. */
  constructor(search: string, write: (search: string) => void) {
    this.#parameters = new URLSearchParams(search);
    this.#write = write;
  }

  text(name: string): string | null {
    return this.#parameters.get(name);
  }

  /** A number of the URL; `otherwise` if it is none, or if it is not from `low` to `high`. */
  number(name: string, low: number, high: number, otherwise: number): number {
    const text = this.#parameters.get(name);
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    return value >= low && value <= high ? value : otherwise;
  }

  /** One of the words that the parameter may be; `otherwise` if it is none of them. */
  choice<T extends string>(name: string, words: readonly T[], otherwise: T): T {
    return words.find((word) => word === this.#parameters.get(name)) ?? otherwise;
  }

  /** Keeps a value; the URL has it a moment later. */
  set(name: string, value: string | number): void {
    this.#parameters.set(name, String(value));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PATIENCE);
  }

  /** Writes the URL now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#write(`?${this.#parameters}`);
  }
}
