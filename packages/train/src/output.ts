import type { StepReport } from "numgrad";
import type { Options } from "./options.js";
import { createProgress, type Extent, type Progress } from "./progress.js";
import { formatAccuracies, formatFolder, formatSummary, type Layers, type Outcome } from "./summary.js";

/** What a run tells, in one of three ways. Errors and warnings go to standard error, all else to standard output. */
export interface Output {
  /** What is about to be trained. */
  heading(text: string): void;
  /** After each step; `elapsed` is the milliseconds that the run has worked. */
  report(report: StepReport, elapsed: number): void;
  /** Something that went wrong, at any time. */
  warn(text: string): void;
  /** No more reports come; a second call does nothing. */
  stop(): void;
  /** How it ended. */
  summary(outcome: Outcome): void;
  /** Where it has left its files. */
  folder(folder: string): void;
}

/** The way that the options ask for. */
export function createOutput(options: Options, layers: Layers, extent: Extent): Output {
  if (options.json) return new Json();
  return options.quiet ? new Quiet(options, layers, extent) : new Full(options, layers, extent);
}

/** Nothing but the summary. */
class Quiet implements Output {
  readonly #summary: (outcome: Outcome) => string;

  constructor(options: Options, layers: Layers, { totalSteps }: Extent) {
    this.#summary = (outcome) => formatSummary(options, layers, totalSteps, outcome);
  }

  heading(_text: string): void {}

  report(_report: StepReport, _elapsed: number): void {}

  warn(text: string): void {
    console.error(text);
  }

  stop(): void {}

  summary(outcome: Outcome): void {
    console.log(this.#summary(outcome));
  }

  folder(folder: string): void {
    console.log(formatFolder(folder));
  }
}

/** A heading, the book's lines, a bar (or lines) while it goes on, and the summary. */
class Full extends Quiet {
  readonly #extent: Extent;
  #progress: Progress | undefined;

  constructor(options: Options, layers: Layers, extent: Extent) {
    super(options, layers, extent);
    this.#extent = extent;
  }

  override heading(text: string): void {
    console.log(text);
    if (this.#extent.firstStep === this.#extent.totalSteps) return;
    console.log("");
    this.#progress = createProgress(this.#extent);
  }

  override report({ step, loss, evaluation }: StepReport): void {
    this.#progress?.update(step + 1, loss ?? Number.NaN);
    if (!evaluation) return;
    const line = formatAccuracies(evaluation.trainAccuracy, evaluation.testAccuracy ?? Number.NaN);
    if (this.#progress) this.#progress.line(line);
    // No step is left, but the last one's accuracies were not measured yet.
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

/** A line of JSON for each evaluation, and one for the end, which alone has a status. */
class Json implements Output {
  heading(_text: string): void {}

  report({ step, epoch, loss, evaluation }: StepReport, elapsed: number): void {
    if (evaluation) print({ step, epoch, loss, ...evaluation, seconds: elapsed / 1000 });
  }

  warn(text: string): void {
    console.error(text);
  }

  stop(): void {}

  summary({ status, steps, milliseconds, trainAccuracy, testAccuracy }: Outcome): void {
    print({ status, steps, trainAccuracy, testAccuracy, seconds: milliseconds / 1000 });
  }

  folder(_folder: string): void {}
}

function print(line: object): void {
  console.log(JSON.stringify(line));
}
