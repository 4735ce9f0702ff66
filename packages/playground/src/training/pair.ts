import { Contender, type Listener, type Port } from "./contender.js";
import type { DataFiles } from "./embedded-data.js";
import type { Method, Params, Part, Report, Settings } from "./protocol.js";
import { Run } from "./run.js";
import { Agreement } from "./series.js";

/** Steps of the book: 16 epochs and two thirds. */
const STEPS = 10_000;

/** Milliseconds by which the quicker network may be ahead: enough that no network waits for the page. */
const LEAD = 50;

/** Most steps by which the quicker network may be ahead. */
const MOST_AHEAD = 500;

/** Probabilities of the ten digits, from each network. */
export type Probs = Readonly<Record<Method, Float64Array>>;

/** Receives the news of both networks. */
export interface PairListener extends Omit<Listener, "report" | "loaded"> {
  changed(): void;
  /** Both networks have these images. */
  loaded(part: Part): void;
}

/**
 * Both networks, in step with each other: they stop after the same step, and a new learning rate holds from the same
 * step on, so that every difference between them comes from the gradient.
 */
export class Pair {
  readonly numerical: Contender;
  readonly backprop: Contender;
  agreement = new Agreement();
  /** The run of now; undefined before the first one. */
  run: Run | undefined;
  readonly #changed: () => void;
  /** The images that the next run has. */
  #available: Part = "all";
  /** The networks that have the first images. */
  readonly #begun = new Set<Contender>();
  #baseUrl = "";
  #files: DataFiles | undefined;
  /** Steps after which both pause. */
  #goal = 0;
  /** Steps that both have been told to make. */
  #limit = 0;
  /** Whether the steps that are left were asked for one by one. */
  #isStepping = false;
  /** Number of the image to recognise. */
  #image = 0;
  /** Number of the first image of the drawing. Answers about older images are not shown. */
  #firstOfDrawing = 0;
  #answer: Probs | undefined;

  constructor(ports: readonly [numerical: Port, backprop: Port], listener: PairListener) {
    const both: Listener = {
      ...listener,
      report: (from, report) => this.#hear(from, report),
      loaded: (from, part) => {
        if (this.#hasLoaded(from, part)) listener.loaded(part);
      },
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
    return Math.min(...(this.canTrain ? this.#sound : this.both).map(({ steps }) => steps));
  }

  /** Whether steps are left to make, other than single steps. */
  get isRunning(): boolean {
    return !this.#isStepping && this.#sound.some(({ steps }) => steps < this.#goal);
  }

  /** Whether both have made all steps that `start` asked for. */
  get isFinished(): boolean {
    return this.steps > 0 && this.steps % STEPS === 0;
  }

  /** What both say about the same image: the newest one that both have answered, after the same step. */
  get answer(): Probs | undefined {
    return this.#answer;
  }

  /** Whether a network is left that has not diverged. */
  get canTrain(): boolean {
    return this.#sound.length > 0;
  }

  /** The images that the next run has. */
  get available(): Part {
    return this.#available;
  }

  /**
   * Loads the first images for both networks, then all: for one network after the other, because the second one finds
   * them in the browser's cache. A page that holds MNIST's files has all images at once.
   */
  load(baseUrl: string, files?: DataFiles): void {
    this.#baseUrl = baseUrl;
    this.#files = files;
    if (files) {
      this.numerical.load(baseUrl, "all", files);
      return;
    }
    this.#available = "first";
    for (const contender of this.both) contender.load(baseUrl, "first");
  }

  /** Begins a new run on the images that are there. */
  reset(settings: Settings, params?: Params): void {
    this.agreement = new Agreement();
    this.run = new Run(settings, params !== undefined);
    this.#goal = 0;
    this.#limit = 0;
    for (const contender of this.both) contender.reset(settings, this.#available, params);
    this.#changed();
  }

  /** Trains up to the next multiple of 10,000 steps. */
  start(): void {
    this.#isStepping = false;
    this.#goal = (Math.floor(this.steps / STEPS) + 1) * STEPS;
    this.#advance();
  }

  /** Stops both networks after the same step, within a moment. */
  pause(): void {
    this.#goal = this.#limit;
    for (const contender of this.#sound) contender.train(this.#goal, true);
    this.#changed();
  }

  /** Makes one step more than all that were asked for before. */
  step(): void {
    this.#isStepping = true;
    this.#goal = Math.max(this.#goal, this.#limit) + 1;
    this.#advance();
  }

  setLearningRate(learningRate: number): void {
    this.run?.changeRate(learningRate, this.#limit);
    for (const contender of this.both) contender.setLearningRate(learningRate, this.#limit);
  }

  /**
   * Asks both about an image. The answer about the image before is kept until both have answered, unless it is about
   * another drawing.
   */
  recognise(image: Uint8Array | undefined, isSameDrawing: boolean): void {
    this.#image++;
    if (!isSameDrawing || !image) {
      this.#answer = undefined;
      this.#firstOfDrawing = this.#image;
    }
    for (const contender of this.both) contender.recognise(this.#image, image);
  }

  /** The networks that have not diverged. */
  get #sound(): Contender[] {
    return this.both.filter(({ divergence }) => divergence === undefined);
  }

  /** Notes that a network has images, and goes on loading. Returns whether both networks have them. */
  #hasLoaded(from: Contender, part: Part): boolean {
    if (part === "first") {
      this.#begun.add(from);
      if (this.#begun.size < this.both.length) return false;
      this.numerical.load(this.#baseUrl, "all");
      return true;
    }
    if (from === this.backprop) this.#available = "all";
    else this.backprop.load(this.#baseUrl, "all", this.#files);
    return from === this.backprop;
  }

  #hear(from: Contender, { losses }: Report): void {
    this.agreement.add(from === this.numerical ? 0 : 1, losses);
    this.#compareAnswers();
    this.#advance();
  }

  /** Finds the newest answers of both networks about the same image, after the same step. */
  #compareAnswers(): void {
    for (const a of [...this.numerical.answers].reverse()) {
      if (a.number < this.#firstOfDrawing) return;
      const b = this.backprop.answers.find(({ number, steps }) => number === a.number && steps === a.steps);
      if (!b) continue;
      this.#answer = { numerical: a.probs, backprop: b.probs };
      return;
    }
  }

  /** Tells both networks how many steps they may make. */
  #advance(): void {
    const slowest = Math.max(...this.#sound.map(({ turn = LEAD }) => turn));
    const lead = Math.max(1, Math.min(MOST_AHEAD, Math.round(LEAD / slowest)));
    const limit = Math.min(this.#goal, this.steps + lead);
    if (limit > this.#limit && this.canTrain) {
      this.#limit = limit;
      for (const contender of this.#sound) contender.train(limit, limit === this.#goal);
    }
    this.#changed();
  }
}
