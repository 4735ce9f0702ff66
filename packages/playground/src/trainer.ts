import {
  type Dataset,
  DivergenceError,
  type Evaluation,
  pixels,
  RandomState,
  SGD,
  type StepReport,
  TwoLayerNet,
  train,
} from "numgrad";
import type { Method, Report, Settings } from "./protocol.js";

/**
 * Milliseconds between two reports while training, and between two reports with weights. The last report has weights.
 */
const REPORT_EVERY = 100;
const WEIGHTS_EVERY = 400;

/** Milliseconds after which the time of a step has 1/e of the weight of a new one. */
const MEMORY = 3000;

/** SGD whose learning rate may change between two steps: `train` calls `update`, which reads the rate. */
class AdjustableSGD extends SGD {
  declare learningRate: number;
}

/** The mean time of a step over the last seconds. */
export class Pace {
  #milliseconds = 0;
  #steps = 0;

  /** Adds the time of a step. */
  add(milliseconds: number): void {
    const kept = Math.exp(-milliseconds / MEMORY);
    this.#milliseconds = this.#milliseconds * kept + milliseconds;
    this.#steps = this.#steps * kept + 1;
  }

  /** Milliseconds of a step; undefined before the first step. */
  get perStep(): number | undefined {
    return this.#steps > 0 ? this.#milliseconds / this.#steps : undefined;
  }
}

/** Receives the news of a trainer. */
export interface TrainerListener {
  report(report: Report): void;
  /** Called with the error that has ended the training, unless that was a divergence. */
  failed(error: unknown): void;
}

/** A network in training. It makes the steps that it is told to make, and reports them. */
export class Trainer {
  readonly #net: TwoLayerNet;
  readonly #optimizer: AdjustableSGD;
  readonly #abort = new AbortController();
  readonly #reports: AsyncIterator<StepReport>;
  readonly #listener: TrainerListener;
  readonly #pace = new Pace();
  /** Learning rates of later steps, and the steps from which they hold. */
  readonly #rates: { learningRate: number; from: number }[] = [];
  #steps = 0;
  #until = 0;
  #loop: Promise<void> | undefined;
  #image: Uint8Array | undefined;
  #divergence: string | undefined;
  #losses: number[] = [];
  #evaluations: Evaluation[] = [];
  /** Time of the last report, and of the last report with weights. */
  #reportedAt = Number.NEGATIVE_INFINITY;
  #sentWeightsAt = Number.NEGATIVE_INFINITY;

  constructor(data: { train: Dataset; test: Dataset }, method: Method, settings: Settings, listener: TrainerListener) {
    const { hiddenSize, batchSize, seed, h, learningRate } = settings;
    const random = new RandomState(seed);
    const inputSize = data.train.rows * data.train.cols;
    this.#optimizer = new AdjustableSGD({ learningRate });
    this.#net = new TwoLayerNet({ inputSize, hiddenSize, outputSize: data.train.classes, random });
    const run = train(this.#net, data, {
      ...{ optimizer: this.#optimizer, gradient: method, batchSize, h, random },
      ...{ steps: Number.MAX_SAFE_INTEGER, recordLoss: "before", signal: this.#abort.signal },
    });
    this.#reports = run[Symbol.asyncIterator]();
    this.#listener = listener;
  }

  /** Trains until `until` steps have been made in all. A later call changes that number. */
  train(until: number): void {
    this.#until = until;
    this.#loop ??= this.#train()
      .catch((error) => this.#listener.failed(error))
      .finally(() => {
        this.#loop = undefined;
      });
  }

  /** Resolves when no step is being made. */
  async idle(): Promise<void> {
    await this.#loop;
  }

  setLearningRate(learningRate: number, from: number): void {
    this.#rates.push({ learningRate, from });
  }

  /** Reports the probabilities for an image, now and in all later reports. */
  recognise(image: Uint8Array | undefined): void {
    this.#image = image;
    this.#report();
  }

  /** Ends the training and frees the network's memory. */
  async dispose(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    await this.#reports.return?.();
    this.#net.dispose();
  }

  async #train(): Promise<void> {
    let last = performance.now();
    try {
      while (this.#steps < this.#until && this.#divergence === undefined) {
        this.#adjustRate();
        const { done, value } = await this.#reports.next();
        if (done) return;
        const now = performance.now();
        this.#record(value, now - last);
        last = now;
        if (now - this.#reportedAt >= REPORT_EVERY) this.#report();
      }
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      this.#divergence = error.message;
    }
    this.#sentWeightsAt = Number.NEGATIVE_INFINITY;
    this.#report();
  }

  #adjustRate(): void {
    while (this.#rates[0] && this.#rates[0].from <= this.#steps) {
      this.#optimizer.learningRate = this.#rates.shift()!.learningRate;
    }
  }

  #record({ step, epoch, loss, evaluation }: StepReport, milliseconds: number): void {
    this.#steps = step + 1;
    if (loss !== undefined) this.#losses.push(loss);
    if (evaluation) this.#evaluations.push({ step, epoch, ...evaluation });
    else this.#pace.add(milliseconds);
  }

  #report(): void {
    const now = performance.now();
    const withWeights = now - this.#sentWeightsAt >= WEIGHTS_EVERY;
    this.#reportedAt = now;
    if (withWeights) this.#sentWeightsAt = now;
    this.#listener.report({
      steps: this.#steps,
      losses: Float64Array.from(this.#losses),
      evaluations: this.#evaluations,
      pace: this.#pace.perStep,
      probs: this.#image && this.#net.predict(pixels([1, this.#image.length], this.#image)).data,
      weights: withWeights ? new Float32Array(this.#net.params.w1) : undefined,
      divergence: this.#divergence,
    });
    this.#losses = [];
    this.#evaluations = [];
  }
}
