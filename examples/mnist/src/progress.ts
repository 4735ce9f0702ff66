import cliProgress from "cli-progress";
import { formatProgress, formatSpeed } from "./summary.js";

/** Shows how far the training has come. */
export interface Progress {
  /** After each step: the number of steps made, and the loss. Cheap enough to be called ten thousand times a second. */
  update(steps: number, loss: number): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Ends the display; a second call does nothing. */
  stop(): void;
}

/** How often the bar moves, in milliseconds. */
const INTERVAL = 100;

/** How long plain output is silent at most. */
const SILENCE = 10_000;

/** A bar on a terminal, plain lines elsewhere. */
export function createProgress(totalSteps: number, stream: NodeJS.WriteStream = process.stdout): Progress {
  return stream.isTTY ? new Bar(totalSteps, stream) : new Lines(totalSteps, stream);
}

/**
 * cli-progress, because it leaves the keyboard alone. @clack/prompts, more actively kept, puts the terminal into raw mode
 * and answers Ctrl-C by exiting with code 0 itself: no signal, and no summary. ora and log-update draw no bars.
 */
class Bar implements Progress {
  readonly #bars: cliProgress.MultiBar;
  readonly #bar: cliProgress.SingleBar;
  readonly #start = performance.now();
  #steps = 0;
  #loss = Number.NaN;
  #due = 0;
  #stopped = false;

  constructor(totalSteps: number, stream: NodeJS.WriteStream) {
    const format = "{bar} {percentage}% | {value}/{total} | loss {loss} | {speed} steps/s | {eta_formatted} left";
    // The time left comes from the last `etaBuffer` updates, about ten seconds.
    const options = { format, stream, barsize: 20, fps: 1000 / INTERVAL, etaBuffer: 10_000 / INTERVAL };
    this.#bars = new cliProgress.MultiBar(options, cliProgress.Presets.shades_classic);
    this.#bar = this.#bars.create(totalSteps, 0, { loss: "-", speed: "-" });
  }

  update(steps: number, loss: number): void {
    this.#steps = steps;
    this.#loss = loss;
    const now = performance.now();
    if (now >= this.#due) this.#move(now);
  }

  line(text: string): void {
    this.#bars.log(`${text}\n`);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#steps > 0) this.#move(performance.now());
    // stop() alone would drop the lines that wait for the next redraw.
    this.#bars.update();
    this.#bars.stop();
  }

  #move(now: number): void {
    this.#due = now + INTERVAL;
    this.#bar.update(this.#steps, { loss: this.#loss.toFixed(4), speed: formatSpeed(this.#steps, now - this.#start) });
  }
}

/** One line for each tenth of the steps, and for ten seconds without one. */
class Lines implements Progress {
  readonly #totalSteps: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #start = performance.now();
  #last = this.#start;

  constructor(totalSteps: number, stream: NodeJS.WriteStream) {
    this.#totalSteps = totalSteps;
    this.#stream = stream;
  }

  update(steps: number, loss: number): void {
    const now = performance.now();
    const tenth = Math.max(1, Math.floor(this.#totalSteps / 10));
    if (steps % tenth !== 0 && now - this.#last < SILENCE) return;
    this.#last = now;
    this.line(formatProgress(steps, this.#totalSteps, loss, now - this.#start));
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  stop(): void {}
}
