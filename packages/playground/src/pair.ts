import { Contender, type Listener, type Port } from "./contender.js";
import type { Report, Settings } from "./protocol.js";
import { Agreement } from "./series.js";

/** Steps of the book: 16 epochs and two thirds. */
const STEPS = 10_000;

/** Milliseconds by which the quicker network may be ahead: enough that no network waits for the page. */
const LEAD = 250;

/** Most steps by which the quicker network may be ahead. */
const MOST_AHEAD = 500;

/** Receives the news of both networks. */
export interface PairListener extends Omit<Listener, "report" | "loaded"> {
  changed(): void;
  loaded(): void;
}

/**
 * Both networks, in step with each other: they stop after the same step, and a new learning rate holds from the same
 * step on, so that every difference between them comes from the gradient.
 */
export class Pair {
  readonly numerical: Contender;
  readonly backprop: Contender;
  agreement = new Agreement();
  readonly #changed: () => void;
  #baseUrl = "";
  /** Steps after which both pause. */
  #goal = 0;
  /** Steps that both have been told to make. */
  #limit = 0;

  constructor(ports: readonly [numerical: Port, backprop: Port], listener: PairListener) {
    const both: Listener = {
      ...listener,
      report: (from, report) => this.#hear(from, report),
      loaded: (from) => (from === this.numerical ? this.backprop.load(this.#baseUrl) : listener.loaded()),
    };
    this.numerical = new Contender("numerical", ports[0], both);
    this.backprop = new Contender("backprop", ports[1], both);
    this.#changed = listener.changed;
  }

  get both(): readonly [Contender, Contender] {
    return [this.numerical, this.backprop];
  }

  /** Steps that both have made. */
  get steps(): number {
    return Math.min(...this.#sound.map(({ steps }) => steps));
  }

  /** Whether steps are left to make. */
  get isRunning(): boolean {
    return this.#sound.some(({ steps }) => steps < this.#goal);
  }

  /** Whether a network is left that has not diverged. */
  get canTrain(): boolean {
    return this.#sound.length > 0;
  }

  /** Loads the data for one network after the other: the second one finds them in the browser's cache. */
  load(baseUrl: string): void {
    this.#baseUrl = baseUrl;
    this.numerical.load(baseUrl);
  }

  reset(settings: Settings): void {
    this.agreement = new Agreement();
    this.#goal = 0;
    this.#limit = 0;
    for (const contender of this.both) contender.reset(settings);
    this.#changed();
  }

  /** Trains up to the next multiple of 10,000 steps. */
  start(): void {
    this.#goal = (Math.floor(this.steps / STEPS) + 1) * STEPS;
    this.#advance();
  }

  /** Stops both networks after the same step, within a moment. */
  pause(): void {
    this.#goal = this.#limit;
    this.#changed();
  }

  step(): void {
    this.#goal = this.#limit + 1;
    this.#advance();
  }

  setLearningRate(learningRate: number): void {
    for (const contender of this.both) contender.setLearningRate(learningRate, this.#limit);
  }

  recognise(image: Uint8Array | undefined): void {
    for (const contender of this.both) contender.recognise(image);
  }

  /** The networks that have not diverged. */
  get #sound(): Contender[] {
    return this.both.filter(({ divergence }) => divergence === undefined);
  }

  #hear(from: Contender, { losses }: Report): void {
    this.agreement.add(from === this.numerical ? 0 : 1, losses);
    this.#advance();
  }

  /** Tells both networks how many steps they may make. */
  #advance(): void {
    const slowest = Math.max(...this.#sound.map(({ pace = LEAD }) => pace));
    const lead = Math.max(1, Math.min(MOST_AHEAD, Math.round(LEAD / slowest)));
    const limit = Math.min(this.#goal, this.steps + lead);
    if (limit > this.#limit && this.canTrain) {
      this.#limit = limit;
      for (const contender of this.#sound) contender.train(limit);
    }
    this.#changed();
  }
}
