import type { StepReport } from "numgrad";
import { printable } from "./command-line.js";
import type { Display } from "./options.js";
import { createProgress, type Progress, type StepRange } from "./progress.js";
import { formatAccuracies, formatFolder, type Outcome } from "./summary.js";

/** Prints what happens in a run. Warnings go to standard error, everything else to standard output. */
export interface Output {
  /** Prints what is about to be trained. */
  heading(lines: readonly string[]): void;
  /** Shows a step that was made. */
  report(report: StepReport, times: Times): void;
  /** Prints what went wrong. It may be called at any time. */
  warn(text: string): void;
  /** Ends the display of steps. A second call does nothing. */
  stop(): void;
  /** Prints how the run ended. */
  summary(outcome: Outcome): void;
  /** Prints where the files of the run are. */
  folder(folder: string): void;
}

/** Times of a run in milliseconds. */
interface Times {
  /** How long the run has worked, also before it was resumed. */
  readonly elapsed: number;
  /** What the steps of this process have taken, without evaluations. */
  readonly stepTime: number;
}

/** Makes the output that `display` names. `summarise` gives the text of the summary. */
export function createOutput(display: Display, range: StepRange, summarise: (outcome: Outcome) => string): Output {
  if (display === "json") return new Json();
  return display === "quiet" ? new Quiet(summarise) : new Full(range, summarise);
}

/** Prints the summary and nothing else. */
class Quiet implements Output {
  readonly #summarise: (outcome: Outcome) => string;

  constructor(summarise: (outcome: Outcome) => string) {
    this.#summarise = summarise;
  }

  heading(_lines: readonly string[]): void {}

  report(_report: StepReport, _times: Times): void {}

  warn(text: string): void {
    console.error(printable(text));
  }

  stop(): void {}

  summary(outcome: Outcome): void {
    console.log(this.#summarise(outcome));
  }

  folder(folder: string): void {
    console.log(printable(formatFolder(folder)));
  }
}

/** Prints a heading, the accuracies as the book does, a bar or lines of progress, and the summary. */
class Full extends Quiet {
  readonly #range: StepRange;
  #progress: Progress | undefined;

  constructor(range: StepRange, summarise: (outcome: Outcome) => string) {
    super(summarise);
    this.#range = range;
  }

  override heading(lines: readonly string[]): void {
    for (const line of lines) console.log(printable(line));
    if (this.#range.firstStep === this.#range.totalSteps) return;
    console.log("");
    this.#progress = createProgress(this.#range);
  }

  override report({ step, loss, evaluation }: StepReport, { stepTime }: Times): void {
    this.#progress?.update(step + 1, loss ?? Number.NaN, stepTime);
    if (!evaluation) return;
    const line = formatAccuracies(evaluation.trainAccuracy, evaluation.testAccuracy ?? Number.NaN);
    if (this.#progress) this.#progress.line(line);
    // There is no progress if no step is left and only the accuracies of the last one were missing.
    else console.log(`\n${line}`);
  }

  override warn(text: string): void {
    this.#progress?.giveWay();
    super.warn(text);
  }

  override stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }

  override summary(outcome: Outcome): void {
    console.log("");
    super.summary(outcome);
  }
}

/** Prints a line of JSON for each evaluation, and one for the end. Only the last one has a status. */
class Json implements Output {
  heading(_lines: readonly string[]): void {}

  report({ step, epoch, loss, evaluation }: StepReport, { elapsed }: Times): void {
    if (evaluation) print({ step, epoch, loss, ...evaluation, seconds: elapsed / 1000 });
  }

  warn(text: string): void {
    console.error(printable(text));
  }

  stop(): void {}

  summary({ status, steps, milliseconds, threads, trainAccuracy, testAccuracy }: Outcome): void {
    print({ status, steps, trainAccuracy, testAccuracy, seconds: milliseconds / 1000, threads });
  }

  folder(_folder: string): void {}
}

function print(line: object): void {
  console.log(JSON.stringify(line));
}
