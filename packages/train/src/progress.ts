import cliProgress from "cli-progress";
import { formatBarLine } from "./bar-line.js";
import { formatProgress } from "./summary.js";

/** Shows how many steps of a run are made. */
export interface Progress {
  /**
   * Shows the number of steps made, the loss, and how fast the steps are. It is called after each step, ten thousand
   * times a second at most.
   *
   * @param stepTime Milliseconds that the steps of this process have taken, without evaluations.
   */
  update(steps: number, loss: number, stepTime: number): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** Makes room for a line that is about to be written to standard error. */
  giveWay(): void;
  /** Ends the display. A second call does nothing. */
  stop(): void;
}

/** Milliseconds between two drawings of the bar. */
const INTERVAL = 100;

/**
 * Milliseconds for which the bar is hidden after the terminal's size has changed: with a mouse it changes many times.
 */
const SETTLING = 300;

/** Most milliseconds between two lines of plain output. */
const SILENCE = 10_000;

/** The steps that this process makes: those from `firstStep` on, out of `totalSteps`. */
export interface StepRange {
  /** Steps that were made before this process began; 0 unless the run was resumed. */
  readonly firstStep: number;
  /** Steps of the whole run. */
  readonly totalSteps: number;
}

/**
 * Makes a bar on a terminal, and plain lines elsewhere. Neither has colours, so NO_COLOR has nothing to turn off.
 */
export function createProgress(range: StepRange, stream: NodeJS.WriteStream = process.stdout): Progress {
  return stream.isTTY && process.env.TERM !== "dumb" ? new Bar(range, stream) : new Lines(range, stream);
}

/**
 * Draws a bar by cli-progress, which was chosen because it leaves the keyboard alone. @clack/prompts is maintained more
 * actively, but puts the terminal into raw mode and answers Ctrl-C by exiting with code 0: there is no signal and so no
 * summary. ora and log-update draw no bars.
 *
 * The options of cli-progress are such that it changes neither the cursor nor the wrapping of lines. So the terminal is
 * as it was before, however the process ends.
 */
class Bar implements Progress {
  readonly #bars: cliProgress.MultiBar;
  readonly #bar: cliProgress.SingleBar;
  readonly #stream: NodeJS.WriteStream;
  readonly #range: StepRange;
  #steps: number;
  #loss = Number.NaN;
  #stepTime = 0;
  /** Time of the next drawing. */
  #nextDrawing = 0;
  /** Time until which the bar is hidden. */
  #hiddenUntil = 0;
  #isStopped = false;

  constructor(range: StepRange, stream: NodeJS.WriteStream) {
    this.#range = range;
    this.#steps = range.firstStep;
    this.#stream = stream;
    const options = { stream, linewrap: true, forceRedraw: true, fps: 1000 / INTERVAL };
    this.#bars = new cliProgress.MultiBar({ ...options, format: (_, { maxWidth }) => this.#format(maxWidth) });
    this.#bar = this.#bars.create(range.totalSteps, range.firstStep);
    // A drawing is written in one piece. Between two pieces the terminal could print a key that was pressed, such as Ctrl-C,
    // and the bar would then be two columns too long.
    this.#bars.on("update-pre", () => stream.cork());
    this.#bars.on("update-post", () => stream.uncork());
    stream.on("resize", this.#hide);
  }

  update(steps: number, loss: number, stepTime: number): void {
    this.#steps = steps;
    this.#loss = loss;
    this.#stepTime = stepTime;
    const now = performance.now();
    if (now < this.#nextDrawing) return;
    this.#nextDrawing = now + INTERVAL;
    this.#bar.update(steps);
  }

  line(text: string): void {
    this.#bars.log(`${text}\n`);
  }

  giveWay(): void {
    // Lines that wait for the next drawing are printed first.
    this.#bars.update();
    this.#clear();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#stream.off("resize", this.#hide);
    this.#hiddenUntil = 0;
    this.#bar.update(this.#steps);
    // stop() alone would lose the lines that wait for the next drawing.
    this.#bars.update();
    this.#stream.cork();
    this.#bars.stop();
    this.#stream.uncork();
  }

  /**
   * Hides the bar until the size of the terminal has stopped changing. A terminal that became narrower may have broken
   * the bar's line in two. Only the cursor's line is cleared: the line above holds the other half in some terminals,
   * but in those that do not break lines it is a line of the program's output.
   */
  readonly #hide = (): void => {
    this.#clear();
    this.#hiddenUntil = performance.now() + SETTLING;
  };

  #clear(): void {
    this.#stream.write("\r\u001b[J");
  }

  /** Text of the bar. */
  #format(columns: number): string {
    if (performance.now() < this.#hiddenUntil) return "";
    const { totalSteps, firstStep } = this.#range;
    const pace = { steps: this.#steps - firstStep, milliseconds: this.#stepTime };
    const perStep = pace.milliseconds / pace.steps / 1000;
    const left = pace.steps > 0 ? perStep * (totalSteps - this.#steps) : undefined;
    return formatBarLine(columns, { steps: this.#steps, totalSteps, loss: this.#loss, pace, left });
  }
}

/** Prints a line for each tenth of the steps, and after ten seconds without a line. */
class Lines implements Progress {
  readonly #range: StepRange;
  readonly #stream: NodeJS.WriteStream;
  /** Time of the last line. */
  #last = performance.now();

  constructor(range: StepRange, stream: NodeJS.WriteStream) {
    this.#range = range;
    this.#stream = stream;
  }

  update(steps: number, loss: number, stepTime: number): void {
    const { totalSteps, firstStep } = this.#range;
    const now = performance.now();
    const tenth = Math.max(1, Math.floor(totalSteps / 10));
    if (steps % tenth !== 0 && now - this.#last < SILENCE) return;
    this.#last = now;
    const pace = { steps: steps - firstStep, milliseconds: stepTime };
    this.line(formatProgress(steps, totalSteps, loss, pace));
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  giveWay(): void {}

  stop(): void {}
}
