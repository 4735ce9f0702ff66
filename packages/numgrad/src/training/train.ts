import { checkOptions } from "../arguments.js";
import { isPromise } from "../brand.js";
import { ArgumentError, describe, NonFiniteError, NumgradError } from "../errors.js";
import { EventLoop } from "../event-loop.js";
import type { Batch } from "../network/batch.js";
import { PARAMETER_NAMES } from "../network/dimensions.js";
import type { Session } from "../network/session.js";
import { SGD } from "../network/sgd.js";
import type { TwoLayerNet } from "../network/two-layer-net.js";
import { storeOf } from "../parameter-store.js";
import { mostMembers } from "../team/shared.js";
import type { Team } from "../team/team.js";
import { type Checkpoint, owesEvaluation } from "./checkpoint.js";
import { DivergenceError, History } from "./history.js";
import { settle, type TrainOptions } from "./options.js";
import { copyRecord, type Evaluation } from "./record.js";
import { fingerprintOfState, type RunParts, restore, takeCheckpoint } from "./resume.js";
import { createSampler, type Sampler } from "./sampler.js";
import { SampleRows, type Samples } from "./samples.js";
import { Stopwatch } from "./stopwatch.js";
import type { StepReport, TrainingRun } from "./training-run.js";
import { usefulThreads } from "./useful-threads.js";

/**
 * Products of each thread between two pauses of an evaluation: 2,000 images through the book's network, 3 to 5 ms of work.
 */
const EVALUATION_PRODUCTS = 80_000_000;

/**
 * Trains a network by mini-batch gradient descent (*Deep Learning from Scratch*, section 4.5.2). Each step draws a
 * batch, computes its gradient, updates the parameters and records the loss. Once an epoch the accuracies are measured.
 *
 * No step is made until the run is iterated or finished. A run yields to the event loop every 25 ms or so. The network
 * may be used between steps, and leaving the loop with `break` ends the run. If two runs train one network at once, the
 * order of their steps depends on time, and so do the results: await the first run before the second begins.
 *
 * Options and targets are copied. Inputs may be too large for that, so they must not change during the run; if they do,
 * the core notices numbers that are not finite.
 *
 * With `resume` the run goes on from a checkpoint; network and generator are set to its state at once. If the run was
 * stopped during an evaluation, that evaluation is made first, and the last step is reported again with its accuracies.
 *
 * @param data.train The training data: a Dataset, or inputs and targets of the network's sizes.
 * @param data.test The test data, in either form; they are only evaluated.
 * @throws {ArgumentError | ShapeError | NonFiniteError} at once, if an argument is wrong.
 * @throws {DivergenceError} while iterating, if a parameter or a loss would not be finite.
 * @throws {NonFiniteError} while iterating, if a parameter is not finite before an update, or an input is not any more.
 * @throws {DisposedError} while iterating, if the network has been disposed of.
 * @throws {NumgradError} at the first step, if `worker` throws an error, or gives no worker of this version.
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
  const session = storeOf<Session>(net);
  if (!session) throw new ArgumentError("net", "a TwoLayerNet", describe(net));
  checkOptions(data, ["train", "test"], "data");
  const { inputSize, outputSize } = session.dimensions;
  const { train, test } = data;
  const trainRows = new SampleRows("data.train", train, inputSize, outputSize);
  const testRows = test === undefined ? undefined : new SampleRows("data.test", test, inputSize, outputSize);
  const settings = settle(options, trainRows.size);
  const parts = { net, session, train: trainRows, test: testRows, settings };
  if (settings.resume) restore(settings.resume, parts);
  return new Run(parts, settings.resume);
}

class Run implements TrainingRun {
  readonly history = new History();
  stepTime = 0;
  threadsMissing: string | undefined;
  readonly #stopwatch = new Stopwatch(this.history);
  readonly #parts: RunParts;
  readonly #sampler: Sampler;
  readonly #randomStart: string;
  readonly #session: Session;
  readonly #eventLoop = new EventLoop();
  /** The threads that this run has started. Another run of the same network may use them too. */
  #team: Team | undefined;
  /** Number of steps that have been made. */
  #made: number;
  /** Whether a step has begun and not ended. Network, generator and record do not fit each other then. */
  #inStep = false;
  #reports: AsyncGenerator<StepReport, void, void> | undefined;

  /** Network and generator have the states of `start` already. */
  constructor(parts: RunParts, start?: Checkpoint) {
    const { settings, train } = parts;
    this.#parts = parts;
    this.#session = parts.session;
    this.#sampler = createSampler(settings, train.size, start);
    this.#made = start?.step ?? 0;
    this.#randomStart = start?.randomStart ?? fingerprintOfState(settings.random.getState());
    if (start) Object.assign(this.history, copyRecord(start.history));
  }

  [Symbol.asyncIterator](): AsyncIterator<StepReport> {
    this.#reports ??= this.#run();
    return this.#reports;
  }

  get threads(): number {
    return this.#session.threads;
  }

  get steps(): number {
    return this.#parts.settings.steps;
  }

  async finish(): Promise<History> {
    for await (const _ of this);
    // If the iterator was closed before the first step, #run has not begun and has set no status.
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

  /** Makes all steps. However it ends, it sets the status and frees what the samples have in the core. */
  async *#run(): AsyncGenerator<StepReport, void, void> {
    const { steps, evaluateEvery, signal } = this.#parts.settings;
    this.#stopwatch.start();
    try {
      const owes = owesEvaluation(this.#made, evaluateEvery, this.history.evaluations);
      if ((this.#made < steps || owes) && !signal?.aborted) {
        this.#session.checkParameters();
        await this.#prepare();
        if (owes && !signal?.aborted) yield* this.#yield(await this.#report(this.history.losses.at(-1)));
      }
      while (this.#made < steps && !signal?.aborted) yield* this.#yield(await this.#report(this.#step()));
      const isComplete = this.#made === steps && !owesEvaluation(steps, evaluateEvery, this.history.evaluations);
      if (isComplete) this.history.status = "finished";
    } catch (error) {
      if (error instanceof DivergenceError) this.history.status = "diverged";
      throw error;
    } finally {
      this.#stopwatch.stop();
      if (this.history.status === "running") this.history.status = "aborted";
      if (this.history.status !== "finished") this.history.stoppedAt = this.#made;
      this.#parts.train.release();
      this.#parts.test?.release();
      await this.#session.leaveTeam(this.#team);
    }
  }

  /** Gives a report to the caller. The time until the caller asks for the next one is not counted. */
  *#yield(report: StepReport): Generator<StepReport, void, void> {
    this.#stopwatch.stop();
    yield report;
    this.#stopwatch.start();
  }

  /** Prepares the samples for as many reads as the run will make. */
  async #prepare(): Promise<void> {
    const { train, test, settings } = this.#parts;
    const { steps, batchSize, evaluateEvery, signal } = settings;
    const left = steps - this.#made;
    const evaluations = evaluateEvery === false ? 0 : Math.ceil(left / evaluateEvery);
    const pause = async () => {
      await this.#pause();
      return !signal?.aborted;
    };
    const prepare = async () => {
      await train.prepare(this.#session, left * batchSize + evaluations * train.size, pause);
      if (!signal?.aborted) await test?.prepare(this.#session, evaluations * test.size, pause);
    };
    // Threads take some 50 ms to start. Whichever fails, nothing of the other goes on behind it.
    const results = await Promise.allSettled([this.#startThreads(), prepare()]);
    for (const result of results) if ("reason" in result) throw result.reason;
    await train.share(this.#team, pause);
    await test?.share(this.#team, pause);
  }

  /** Starts as many threads as are asked for and useful. */
  async #startThreads(): Promise<void> {
    const { settings } = this.#parts;
    const { threads, worker } = settings;
    const asked = threads === "auto" ? usefulThreads(this.#session.dimensions, settings) : threads;
    const most = mostMembers(this.#session.dimensions.hiddenSize);
    const members = Math.min(asked, most);
    const team = members > 1 ? await this.#session.joinTeam(members, worker) : undefined;
    if (typeof team !== "string") this.#team = team;
    const reason =
      asked > most ? `a team has at most 64 threads, each with 8 hidden units or more: here ${most}` : undefined;
    this.threadsMissing = typeof team === "string" ? team : reason;
  }

  /** Makes one step of the book's loop, synchronously; returns the loss of its batch, if it is recorded. */
  #step(): number | undefined {
    const start = performance.now();
    this.#inStep = true;
    const loss = this.#learn(this.#parts.train.batch(this.#sampler.next()));
    if (loss !== undefined) this.history.losses.push(loss);
    this.#made++;
    this.#inStep = false;
    this.stepTime += performance.now() - start;
    return loss;
  }

  /** The report of the last step, with its accuracies if it is evaluated. */
  async #report(loss: number | undefined): Promise<StepReport> {
    const step = this.#made - 1;
    const report: StepReport = { step, epoch: Math.floor(this.#sampler.seen / this.#parts.train.size) };
    if (loss !== undefined) report.loss = loss;
    const evaluation = await this.#evaluate(report);
    if (evaluation) report.evaluation = evaluation;
    await this.#pause();
    return report;
  }

  /** Yields to the event loop if that is due. */
  #pause(): Promise<void> | undefined {
    return this.#eventLoop.isDue ? this.#eventLoop.yield() : undefined;
  }

  /** Computes the gradient and updates the parameters; returns the loss of the batch, if it is recorded. */
  #learn(batch: Batch): number | undefined {
    const { gradient, h, recordLoss } = this.#parts.settings;
    const session = this.#session;
    const before = gradient === "numerical" ? session.centralDifferences(h, batch) : session.backpropagate(batch);
    this.#update();
    if (recordLoss === false) return undefined;
    const loss = recordLoss === "after" ? session.loss(batch) : before;
    if (!Number.isFinite(loss)) throw this.#divergence(new Error(`the loss ${recordLoss} the update is ${loss}`));
    return loss;
  }

  /** Makes the optimizer's update. If a parameter is not finite after it, all of them are set back. */
  #update(): void {
    const { optimizer } = this.#parts.settings;
    const { params, grads } = this.#parts.net;
    // SGD makes sure that all results are finite before it changes a parameter. A class that overrides its update may not.
    if (optimizer.update === SGD.prototype.update) {
      try {
        optimizer.update(params, grads);
      } catch (cause) {
        if (!(cause instanceof NonFiniteError)) throw cause;
        // A parameter that was not finite before the update is an error of its own.
        this.#session.checkParameters();
        throw this.#divergence(cause);
      }
      return;
    }
    this.#session.checkParameters();
    const kept = params.toArrays();
    const result: unknown = optimizer.update(params, grads);
    if (isPromise(result)) {
      // Nobody else holds this promise. If it is rejected without a handler, the process ends.
      result.catch(() => {});
      throw new ArgumentError("options.optimizer", "an update that is done when it returns", "a Promise");
    }
    for (const name of PARAMETER_NAMES) {
      const index = params[name].findIndex((value) => !Number.isFinite(value));
      if (index < 0) continue;
      const cause = new NonFiniteError(`updated params.${name}`, index, params[name][index]!);
      for (const changed of PARAMETER_NAMES) params[changed].set(kept[changed]);
      throw this.#divergence(cause);
    }
  }

  #divergence(cause: Error): DivergenceError {
    return new DivergenceError(this.#made, this.history, { cause });
  }

  /** The accuracies, if this step is to be evaluated and the signal does not abort that. */
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

  /** Accuracy over all samples, with a pause every few milliseconds. */
  async #accuracy(samples: SampleRows): Promise<number> {
    const { inputSize, hiddenSize, outputSize } = this.#parts.net;
    const products = EVALUATION_PRODUCTS * (this.#team?.members ?? 1);
    const count = Math.max(1, Math.floor(products / (hiddenSize * (inputSize + outputSize))));
    let correct = 0;
    for (let start = 0; start < samples.size && !this.#parts.settings.signal?.aborted; start += count) {
      this.#session.checkParameters();
      correct += samples.countCorrect(this.#session, start, Math.min(start + count, samples.size));
      await this.#pause();
    }
    return correct / samples.size;
  }
}
