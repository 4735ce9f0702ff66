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
import { Pace } from "./pace.js";
import type { Method, Report, Settings } from "./protocol.js";

/** Milliseconds between reports while training, and between those that have the weights; the last one always has. */
const REPORT_EVERY = 100;
const WEIGHTS_EVERY = 400;

/** SGD whose rate may change between two steps: `train` calls `update`, which reads it. */
class AdjustableSGD extends SGD {
  declare learningRate: number;
}

/** Who is to be told of what a trainer does. */
export interface TrainerListener {
  report(report: Report): void;
  /** What has ended the training, unless that was a divergence. */
  failed(error: unknown): void;
}

/** A network in training: goes as far as it is told, and reports. */
export class Trainer {
  readonly #net: TwoLayerNet;
  readonly #optimizer: AdjustableSGD;
  readonly #abort = new AbortController();
  readonly #reports: AsyncIterator<StepReport>;
  readonly #listener: TrainerListener;
  readonly #pace = new Pace();
  /** Learning rates that are to come, and the steps from which they hold. */
  readonly #rates: { learningRate: number; from: number }[] = [];
  #steps = 0;
  #until = 0;
  #loop: Promise<void> | undefined;
  #image: Uint8Array | undefined;
  #divergence: string | undefined;
  #losses: number[] = [];
  #evaluations: Evaluation[] = [];
  #sent = Number.NEGATIVE_INFINITY;
  #sentWeights = Number.NEGATIVE_INFINITY;

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

  /** Trains until `until` steps have been made in all; later calls change that number. */
  train(until: number): void {
    this.#until = until;
    this.#loop ??= this.#train()
      .catch((error) => this.#listener.failed(error))
      .finally(() => {
        this.#loop = undefined;
      });
  }

  /** Settles when no step is being made. */
  async idle(): Promise<void> {
    await this.#loop;
  }

  setLearningRate(learningRate: number, from: number): void {
    this.#rates.push({ learningRate, from });
  }

  /** Reports what the network makes of an image, now and from now on. */
  recognise(image: Uint8Array | undefined): void {
    this.#image = image;
    this.#report();
  }

  /** Ends the training and gives back the network's memory. */
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
        if (now - this.#sent >= REPORT_EVERY) this.#report();
      }
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      this.#divergence = error.message;
    }
    this.#sentWeights = Number.NEGATIVE_INFINITY;
    this.#report();
  }

  #adjustRate(): void {
    while (this.#rates[0] && this.#rates[0].from <= this.#steps) {
      this.#optimizer.learningRate = (this.#rates.shift() as { learningRate: number }).learningRate;
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
    const withWeights = now - this.#sentWeights >= WEIGHTS_EVERY;
    this.#sent = now;
    if (withWeights) this.#sentWeights = now;
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
