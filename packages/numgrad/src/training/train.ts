import { Air } from "../air.js";
import { checkOptions } from "../arguments.js";
import { ArgumentError, describe, NonFiniteError, NumgradError } from "../errors.js";
import { LiveParameters, PARAMETER_NAMES } from "../network/parameters.js";
import type { Session } from "../network/session.js";
import { SGD } from "../network/sgd.js";
import { TwoLayerNet } from "../network/two-layer-net.js";
import { type Checkpoint, owesEvaluation } from "./checkpoint.js";
import { DivergenceError, History } from "./history.js";
import { settle, type TrainOptions } from "./options.js";
import type { Evaluation } from "./record.js";
import { fingerprintOfState, type RunParts, restore, takeCheckpoint } from "./resume.js";
import { createSampler, type Sampler } from "./sampler.js";
import { type Batch, SampleRows, type Samples } from "./samples.js";
import { Stopwatch } from "./stopwatch.js";

/** What a run tells after each step. */
export interface StepReport {
  /** From 0. */
  step: number;
  /** Samples seen so far / size of the training data, rounded down. */
  epoch: number;
  /** Loss of the step's batch in nats, if it is recorded. */
  loss?: number;
  /** Accuracies, at the steps that are evaluated. */
  evaluation?: {
    /** Fraction of the training data that is classified correctly, in [0, 1]. */
    trainAccuracy: number;
    /** The same of the test data, if there are any. */
    testAccuracy?: number;
  };
}

/** A run that goes on as it is iterated: a report after each step. */
export interface TrainingRun extends AsyncIterable<StepReport> {
  /** Steps of the whole run. */
  readonly steps: number;
  /** What has been recorded so far. */
  readonly history: History;
  /** Makes the steps that are left, and gives the whole record. */
  finish(): Promise<History>;
  /**
   * Where the run is, as plain data, for `train`'s option `resume`: what is left of it ends with the same bits then or later,
   * in this process or another. Between steps, and also when the run has ended, unless by an error.
   *
   * @throws {ArgumentError} if the optimizer is not SGD and has no `getState` and `setState`.
   * @throws {DisposedError} if the network has been disposed of.
   * @throws {NumgradError} in the middle of a step, or when an error has ended the run in one.
   */
  checkpoint(): Checkpoint;
}

/** Products of one slice of an evaluation: 2,000 images through the book's network, about 5 ms of work. */
const EVALUATION_PRODUCTS = 80_000_000;

/**
 * Trains a network by mini-batch gradient descent (*Deep Learning from Scratch*, section 4.5.2): draw a batch, compute its
 * gradient, update, record the loss, and measure the accuracies once an epoch.
 *
 * Nothing happens until the run is iterated or finished. The event loop gets air every 25 ms or so. Leaving the loop
 * with `break` ends the run; the network may be used between steps. With `resume` the run goes on from a checkpoint: network
 * and generator are put there at once. Was the run of the checkpoint stopped while it measured accuracies, then that is made
 * up for first, and the report of its last step comes again, with them.
 *
 * @throws {ArgumentError | ShapeError | NonFiniteError} at once, if an argument is wrong.
 * @throws {DivergenceError} while iterating, if a parameter or a loss would not be finite.
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, random: 0 });
 * const samples = { x: matrix([[0, 0], [0, 1], [1, 0], [1, 1]]), t: [0, 1, 1, 1] };
 * const history = await train(net, { train: samples }, { steps: 500, batchSize: 4, random: 1 }).finish();
 * history.losses.length; // 500
 * ```
 */
export function train(
  net: TwoLayerNet,
  data: { train: Samples; test?: Samples },
  options: TrainOptions = {},
): TrainingRun {
  if (!(net instanceof TwoLayerNet)) throw new ArgumentError("net", "a TwoLayerNet", describe(net));
  checkOptions(data, ["train", "test"], "data");
  const trainRows = new SampleRows("data.train", data.train, net.inputSize, net.outputSize);
  const testRows =
    data.test === undefined ? undefined : new SampleRows("data.test", data.test, net.inputSize, net.outputSize);
  const parts = { net, train: trainRows, test: testRows, settings: settle(options, trainRows.size) };
  if (options.resume === undefined) return new Run(parts);
  restore(options.resume, parts, options.random !== undefined);
  return new Run(parts, options.resume);
}

class Run implements TrainingRun {
  readonly history = new History();
  readonly #stopwatch = new Stopwatch(this.history);
  readonly #parts: RunParts;
  readonly #sampler: Sampler;
  readonly #randomStart: string;
  readonly #air = new Air();
  /** Steps that have been made. */
  #made: number;
  /** Whether a step has begun and not ended: network, generator and record belong to different moments. */
  #inStep = false;
  #reports: AsyncGenerator<StepReport, void, void> | undefined;

  /** Network and generator are where `start` has them. */
  constructor(parts: RunParts, start?: Checkpoint) {
    const { settings, train } = parts;
    const { losses, evaluations, times, elapsed } = start?.history ?? new History();
    this.#parts = parts;
    this.#sampler = createSampler(settings, train.size, start);
    this.#made = start?.step ?? 0;
    this.#randomStart = start?.randomStart ?? fingerprintOfState(settings.random.getState());
    this.history.losses = losses.slice();
    this.history.evaluations = evaluations.map((each) => ({ ...each }));
    this.history.times = times.slice();
    this.history.elapsed = elapsed;
  }

  [Symbol.asyncIterator](): AsyncIterator<StepReport> {
    this.#reports ??= this.#run();
    return this.#reports;
  }

  get steps(): number {
    return this.#parts.settings.steps;
  }

  async finish(): Promise<History> {
    for await (const _ of this);
    // An iterator that was closed before its first step has never run, and so has left no status.
    if (this.history.status === "running") Object.assign(this.history, { status: "aborted", stoppedAt: this.#made });
    return this.history;
  }

  checkpoint(): Checkpoint {
    if (this.#inStep) {
      const reason =
        this.history.status === "running" ? "it is in the middle of a step" : "an error ended it in a step";
      throw new NumgradError(`there is no checkpoint of this run: ${reason}`);
    }
    this.#stopwatch.read();
    const { history } = this;
    const progress = { step: this.#made, order: this.#sampler.order, history, randomStart: this.#randomStart };
    return takeCheckpoint(this.#parts, progress);
  }

  /** All steps; every way out leaves a status behind, and nothing in the core. */
  async *#run(): AsyncGenerator<StepReport, void, void> {
    const { steps, evaluateEvery, signal } = this.#parts.settings;
    this.#stopwatch.start();
    try {
      const owes = owesEvaluation(this.#made, evaluateEvery, this.history.evaluations);
      if ((this.#made < steps || owes) && !signal?.aborted) {
        await this.#prepare();
        if (owes) yield* this.#yield(await this.#report(this.history.losses.at(-1)));
      }
      while (this.#made < steps && !signal?.aborted) yield* this.#yield(await this.#report(this.#step()));
      const isThrough = this.#made === steps && !owesEvaluation(steps, evaluateEvery, this.history.evaluations);
      if (isThrough) this.history.status = "finished";
    } catch (error) {
      if (error instanceof DivergenceError) this.history.status = "diverged";
      throw error;
    } finally {
      this.#stopwatch.stop();
      if (this.history.status === "running") this.history.status = "aborted";
      if (this.history.status !== "finished") this.history.stoppedAt = this.#made;
      this.#parts.train.release();
      this.#parts.test?.release();
    }
  }

  /** Hands a report out; the time until the caller asks for the next one is not the run's. */
  *#yield(report: StepReport): Generator<StepReport, void, void> {
    this.#stopwatch.stop();
    yield report;
    this.#stopwatch.start();
  }

  /** Makes the samples ready for as many reads as the run will make. */
  async #prepare(): Promise<void> {
    const { train, test, settings } = this.#parts;
    const { steps, batchSize, evaluateEvery } = settings;
    const left = steps - this.#made;
    const evaluations = evaluateEvery === false ? 0 : Math.ceil(left / evaluateEvery);
    const pause = () => this.#pause();
    await train.prepare(this.#session, left * batchSize + evaluations * train.size, pause);
    await test?.prepare(this.#session, evaluations * test.size, pause);
  }

  /** One step of the book's loop; returns the loss of its batch, if it is recorded. Nothing in it waits. */
  #step(): number | undefined {
    this.#inStep = true;
    const loss = this.#learn(this.#parts.train.batch(this.#sampler.next()));
    if (loss !== undefined) this.history.losses.push(loss);
    this.#made++;
    this.#inStep = false;
    return loss;
  }

  /** The report of the last step, with its evaluation if it has its turn. */
  async #report(loss: number | undefined): Promise<StepReport> {
    const step = this.#made - 1;
    const report: StepReport = { step, epoch: Math.floor(this.#sampler.seen / this.#parts.train.size) };
    if (loss !== undefined) report.loss = loss;
    const evaluation = await this.#evaluate(report);
    if (evaluation) report.evaluation = evaluation;
    await this.#pause();
    return report;
  }

  /** Gives the event loop its turn when it is due. */
  #pause(): Promise<void> | undefined {
    return this.#air.isDue ? this.#air.breathe() : undefined;
  }

  /** The network's core; throws if the network has been disposed of. */
  get #session(): Session {
    const { params, grads } = this.#parts.net;
    return LiveParameters.session(params, grads) as Session;
  }

  /** One update; returns the loss of its batch, if it is recorded. */
  #learn({ rows, targets }: Batch): number | undefined {
    const { gradient, h, recordLoss } = this.#parts.settings;
    const session = this.#session;
    const before =
      gradient === "numerical" ? session.centralDifferences(h, rows, targets) : session.backpropagate(rows, targets);
    this.#update();
    if (recordLoss === false) return undefined;
    const loss = recordLoss === "after" ? session.loss(rows, targets) : before;
    if (!Number.isFinite(loss)) throw this.#divergence(new Error(`the loss ${recordLoss} the update is ${loss}`));
    return loss;
  }

  /** The optimizer's update, undone where it left the finite numbers. */
  #update(): void {
    const { optimizer } = this.#parts.settings;
    const { params, grads } = this.#parts.net;
    // SGD looks before it changes anything; what overrides its update may not.
    if (optimizer.update === SGD.prototype.update) {
      try {
        optimizer.update(params, grads);
      } catch (cause) {
        throw cause instanceof NonFiniteError ? this.#divergence(cause) : cause;
      }
      return;
    }
    const kept = params.toArrays();
    const result: unknown = optimizer.update(params, grads);
    if (result instanceof Promise) {
      // Nobody else holds this promise. Were it to reject, the unhandled rejection would end the process.
      result.catch(() => {});
      throw new ArgumentError("options.optimizer", "an update that is done when it returns", "a Promise");
    }
    for (const name of PARAMETER_NAMES) {
      const index = params[name].findIndex((value) => !Number.isFinite(value));
      if (index < 0) continue;
      const cause = new NonFiniteError(`updated params.${name}`, index, params[name][index] as number);
      for (const each of PARAMETER_NAMES) params[each].set(kept[each]);
      throw this.#divergence(cause);
    }
  }

  #divergence(cause: Error): DivergenceError {
    return new DivergenceError(this.#made, this.history, { cause });
  }

  /** The accuracies, if this step has its turn and no signal comes in between. */
  async #evaluate({ step, epoch }: StepReport): Promise<StepReport["evaluation"]> {
    const { evaluateEvery } = this.#parts.settings;
    if (evaluateEvery === false || step % evaluateEvery !== 0) return undefined;
    const trainAccuracy = await this.#accuracy(this.#parts.train);
    const testAccuracy = this.#parts.test && (await this.#accuracy(this.#parts.test));
    if (this.#parts.settings.signal?.aborted) return undefined;
    const accuracies = testAccuracy === undefined ? { trainAccuracy } : { trainAccuracy, testAccuracy };
    this.history.evaluations.push({ step, epoch, ...accuracies } satisfies Evaluation);
    this.history.times.push(this.#stopwatch.read());
    return accuracies;
  }

  /** Accuracy over many rows, in slices with air between them. */
  async #accuracy(samples: SampleRows): Promise<number> {
    const { inputSize, hiddenSize, outputSize } = this.#parts.net;
    const slice = Math.max(1, Math.floor(EVALUATION_PRODUCTS / (hiddenSize * (inputSize + outputSize))));
    let correct = 0;
    for (let start = 0; start < samples.size && !this.#parts.settings.signal?.aborted; start += slice) {
      correct += samples.countCorrect(this.#session, start, Math.min(start + slice, samples.size));
      await this.#pause();
    }
    return correct / samples.size;
  }
}
