import cliProgress from "cli-progress";
import { formatBarLine } from "./bar-line.js";
import { formatProgress } from "./summary.js";

/** Shows how far the training has come. */
export interface Progress {
  /** After each step: the number of steps made, and the loss. Cheap enough to be called ten thousand times a second. */
  update(steps: number, loss: number): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Makes room for a line that is about to go to standard error. */
  giveWay(): void;
  /** Ends the display; a second call does nothing. */
  stop(): void;
}

/** How often the bar moves, in milliseconds. */
const INTERVAL = 100;

/** How long the bar stays away after the terminal's size has changed, in milliseconds: a mouse changes it many times. */
const SETTLING = 300;

/** How long plain output is silent at most. */
const SILENCE = 10_000;

/** Steps of the whole run, and those that were made before this process began. */
export interface Extent {
  readonly totalSteps: number;
  readonly firstStep: number;
}

/**
 * A bar on a terminal, plain lines elsewhere. Neither has colours, so there is nothing that NO_COLOR would have to turn off.
 */
export function createProgress(extent: Extent, stream: NodeJS.WriteStream = process.stdout): Progress {
  return stream.isTTY && process.env.TERM !== "dumb" ? new Bar(extent, stream) : new Lines(extent, stream);
}

/**
 * cli-progress, because it leaves the keyboard alone. @clack/prompts, more actively kept, puts the terminal into raw mode
 * and answers Ctrl-C by exiting with code 0 itself: no signal, and no summary. ora and log-update draw no bars.
 *
 * It is used so that it changes nothing about the terminal (neither cursor nor line wrapping): however the process ends, there
 * is nothing to be put right.
 */
class Bar implements Progress {
  readonly #bars: cliProgress.MultiBar;
  readonly #bar: cliProgress.SingleBar;
  readonly #stream: NodeJS.WriteStream;
  readonly #extent: Extent;
  readonly #start = performance.now();
  #steps: number;
  #loss = Number.NaN;
  #due = 0;
  #settled = 0;
  #stopped = false;

  constructor(extent: Extent, stream: NodeJS.WriteStream) {
    this.#extent = extent;
    this.#steps = extent.firstStep;
    this.#stream = stream;
    // The time left comes from the last `etaBuffer` updates, about ten seconds.
    const options = { stream, linewrap: true, forceRedraw: true, fps: 1000 / INTERVAL, etaBuffer: 10_000 / INTERVAL };
    this.#bars = new cliProgress.MultiBar({
      ...options,
      format: (_, { eta, maxWidth }) => this.#format(eta, maxWidth),
    });
    this.#bar = this.#bars.create(extent.totalSteps, extent.firstStep);
    stream.on("resize", this.#resized);
  }

  update(steps: number, loss: number): void {
    this.#steps = steps;
    this.#loss = loss;
    const now = performance.now();
    if (now < this.#due) return;
    this.#due = now + INTERVAL;
    this.#bar.update(steps);
  }

  line(text: string): void {
    this.#bars.log(`${text}\n`);
  }

  giveWay(): void {
    // What waits for the next redraw comes first.
    this.#bars.update();
    this.#clear();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#stream.off("resize", this.#resized);
    this.#settled = 0;
    this.#bar.update(this.#steps);
    // stop() alone would drop the lines that wait for the next redraw.
    this.#bars.update();
    this.#bars.stop();
  }

  /**
   * A terminal that became narrower may have broken the bar's line in two. What it moved above the cursor's line is left
   * there, because others break no lines, and have one of ours there. No more comes until the size has settled.
   */
  readonly #resized = (): void => {
    this.#clear();
    this.#settled = performance.now() + SETTLING;
  };

  #clear(): void {
    this.#stream.write("\r\u001b[J");
  }

  /** `eta` is text where cli-progress knows none. */
  #format(eta: unknown, columns: number): string {
    const now = performance.now();
    if (now < this.#settled) return "";
    const { totalSteps, firstStep } = this.#extent;
    const pace = { steps: this.#steps - firstStep, milliseconds: now - this.#start };
    const left = typeof eta === "number" ? eta : undefined;
    return formatBarLine(columns, { steps: this.#steps, totalSteps, loss: this.#loss, pace, left });
  }
}

/** One line for each tenth of the steps, and for ten seconds without one. */
class Lines implements Progress {
  readonly #extent: Extent;
  readonly #stream: NodeJS.WriteStream;
  readonly #start = performance.now();
  #last = this.#start;

  constructor(extent: Extent, stream: NodeJS.WriteStream) {
    this.#extent = extent;
    this.#stream = stream;
  }

  update(steps: number, loss: number): void {
    const { totalSteps, firstStep } = this.#extent;
    const now = performance.now();
    const tenth = Math.max(1, Math.floor(totalSteps / 10));
    if (steps % tenth !== 0 && now - this.#last < SILENCE) return;
    this.#last = now;
    const pace = { steps: steps - firstStep, milliseconds: now - this.#start };
    this.line(formatProgress(steps, totalSteps, loss, pace));
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  giveWay(): void {}

  stop(): void {}
}
