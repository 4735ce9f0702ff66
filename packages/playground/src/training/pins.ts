// Runs that are kept to be compared with the later ones.
import { type Curves, curvesOf, type LiveCurves } from "./curves.js";
import type { Method } from "./protocol.js";
import type { Run, Traits } from "./run.js";

/** Places of pinned runs: as many as have a dash of their own that is easily told from the others. */
const SLOTS: readonly number[] = [0, 1, 2, 3];

/** Name of the pinned runs in the storage of the browser's tab. */
const KEY = "numgrad-pinned-runs";

/** What a pinned run needs of a network in training. */
export interface Source extends LiveCurves {
  readonly method: Method;
  readonly divergence: string | undefined;
}

/** A run that stays in the charts. */
export interface Pin {
  /** From 0 to 3: the number of its dash and its colour. */
  readonly slot: number;
  readonly traits: Traits;
  readonly curves: Curves;
  readonly hasDiverged: boolean;
}

/** Where the pinned runs are kept over a reload. */
export type PinStorage = Pick<Storage, "getItem" | "setItem">;

/** A pinned run that is still going on. Its curves are those of now. */
class LivePin implements Pin {
  readonly slot: number;
  readonly run: Run;
  readonly source: Source;

  constructor(slot: number, run: Run, source: Source) {
    this.slot = slot;
    this.run = run;
    this.source = source;
  }

  get traits(): Traits {
    return this.run.traitsOf(this.source.method, this.source.steps);
  }

  get curves(): Curves {
    return curvesOf(this.source);
  }

  get hasDiverged(): boolean {
    return this.source.divergence !== undefined;
  }
}

/** Up to four pinned runs. They survive a reload of the page, but not the end of its tab. */
export class Pins {
  readonly #storage: PinStorage | undefined;
  #pins: readonly Pin[];

  /** @param storage Absent where the browser allows none. */
  constructor(storage?: PinStorage) {
    this.#storage = storage;
    this.#pins = read(storage);
  }

  /** In the order of their slots. */
  get all(): readonly Pin[] {
    return this.#pins;
  }

  get isFull(): boolean {
    return this.#pins.length === SLOTS.length;
  }

  /** Whether these curves of a run that goes on are pinned. */
  has(run: Run, method: Method): boolean {
    return this.#pins.some((pin) => pin instanceof LivePin && pin.run === run && pin.source.method === method);
  }

  /** Pins a run that goes on. Its curves grow until `endRun`. */
  add(run: Run, source: Source): void {
    if (this.isFull || this.has(run, source.method)) return;
    const slot = SLOTS.find((free) => this.#pins.every((pin) => pin.slot !== free))!;
    this.#pins = [...this.#pins, new LivePin(slot, run, source)].sort((a, b) => a.slot - b.slot);
    this.save();
  }

  remove(slot: number): void {
    this.#pins = this.#pins.filter((pin) => pin.slot !== slot);
    this.save();
  }

  /** Keeps the curves as they are, because the next run begins. */
  endRun(): void {
    this.#pins = this.#pins.map(copyOf);
    this.save();
  }

  /** Writes the pinned runs to the storage. Without room or permission there they last as long as the page. */
  save(): void {
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#pins.map(copyOf)));
    } catch {
      // A full or forbidden storage is no fault of the run.
    }
  }
}

function copyOf({ slot, traits, curves, hasDiverged }: Pin): Pin {
  return { slot, traits, curves, hasDiverged };
}

/** The pinned runs of the storage; none if it has none that can be used. */
function read(storage: PinStorage | undefined): readonly Pin[] {
  try {
    const pins: unknown = JSON.parse(storage?.getItem(KEY) ?? "[]");
    return Array.isArray(pins) && pins.every(isPin) ? pins : [];
  } catch {
    return [];
  }
}

/** Whether a value of the storage is a pinned run, as this version of the page writes it. */
function isPin(value: unknown, index: number, all: readonly unknown[]): value is Pin {
  const { slot, traits, curves } = (value ?? {}) as Partial<Pin>;
  const others = all.slice(0, index) as Partial<Pin>[];
  if (!SLOTS.includes(slot!) || others.some((other) => other.slot === slot)) return false;
  const { hiddenSize, batchSize, seed, h, method, rates } = (traits ?? {}) as Partial<Traits>;
  const { steps, losses, samples } = (curves ?? {}) as Partial<Curves>;
  return (
    areNumbers([hiddenSize, batchSize, seed, h, steps]) &&
    (method === "numerical" || method === "backprop") &&
    Array.isArray(rates) &&
    rates.length > 0 &&
    areNumbers(rates) &&
    Array.isArray(losses) &&
    losses.every((point) => Array.isArray(point) && point.length === 2 && areNumbers(point)) &&
    Array.isArray(samples) &&
    samples.every((sample) => areNumbers([sample?.steps, sample?.train, sample?.test]))
  );
}

function areNumbers(values: readonly unknown[]): boolean {
  return values.every(Number.isFinite);
}
