import {
  type Dataset,
  DivergenceError,
  pixels,
  RandomState,
  SGD,
  type StepReport,
  type TrainingRun,
  TwoLayerNet,
  train,
} from "numgrad";
import { pairGradients } from "./gradients.js";
import { moveWeight } from "./moved-weight.js";
import { nextTask } from "./next-task.js";
import { Pace } from "./pace.js";
import {
  type Accuracies,
  type Answer,
  type GradientPair,
  type Method,
  type Params,
  PROBED,
  type Report,
  SAMPLE,
  type Settings,
} from "./protocol.js";
import { isSampled } from "./samples.js";

/**
 * Milliseconds between two reports while training, and between two reports with weights. The last report has weights.
 */
const REPORT_EVERY = 100;
const WEIGHTS_EVERY = 400;

/** Least milliseconds between two comparisons of the gradients, and the largest part of the time that they may take. */
const COMPARE_EVERY = 1000;
const COMPARE_PART = 0.05;

/** Images that are evaluated at a time: about 2 ms of work, after which the worker listens to the page. */
const EVALUATED = 500;

/** Steps between two answers about the image. Where a step takes longer than `SLOW` ms, each one has an answer. */
const ANSWER_EVERY = 10;
const SLOW = 20;

/** SGD whose learning rate may change between two steps: `train` calls `update`, which reads the rate. */
class AdjustableSGD extends SGD {
  declare learningRate: number;
}

/** Receives the news of a trainer. */
export interface TrainerListener {
  report(report: Report): void;
  /** Called with the error that has ended the training, unless that was a divergence. */
  failed(error: unknown): void;
}

/** The images of a run. */
interface Images {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Whether these are all images. If they are not, the accuracies are those of the sample alone. */
  readonly isWhole: boolean;
}

/** A network in training. It makes the steps that it is told to make, and reports them. */
export class Trainer {
  readonly #net: TwoLayerNet;
  readonly #optimizer: AdjustableSGD;
  readonly #abort = new AbortController();
  readonly #run: TrainingRun;
  readonly #reports: AsyncIterator<StepReport>;
  readonly #listener: TrainerListener;
  readonly #pace = new Pace();
  /** Learning rates of later steps, and the steps from which they hold. */
  readonly #rates: { learningRate: number; from: number }[] = [];
  #steps = 0;
  #until = 0;
  #loop: Promise<void> | undefined;
  readonly #h: number;
  #probe: { readonly pixel: number; readonly unit: number } | undefined;
  #comparesGradients = false;
  /** Time from which on the gradients are compared again. */
  #compareFrom = Number.NEGATIVE_INFINITY;
  readonly #data: Images;
  /** Steps of an epoch. */
  readonly #epoch: number;
  #image: { readonly number: number; readonly image: Uint8Array } | undefined;
  #divergence: string | undefined;
  #losses: number[] = [];
  #answers: Answer[] = [];
  #evaluations: Accuracies[] = [];
  #samples: Accuracies[] = [];
  /** Time of the last report, and of the last report with weights. */
  #reportedAt = Number.NEGATIVE_INFINITY;
  #sentWeightsAt = Number.NEGATIVE_INFINITY;

  constructor(data: Images, method: Method, settings: Settings, listener: TrainerListener, params?: Params) {
    const { hiddenSize, batchSize, seed, h, learningRate } = settings;
    const random = new RandomState(seed);
    const inputSize = data.train.rows * data.train.cols;
    this.#data = data;
    this.#h = h;
    this.#epoch = Math.max(1, Math.floor(data.train.size / batchSize));
    this.#optimizer = new AdjustableSGD({ learningRate });
    this.#net = new TwoLayerNet({ inputSize, hiddenSize, outputSize: data.train.classes, random });
    for (const name of ["w1", "b1", "w2", "b2"] as const) {
      if (params) this.#net.params[name].set(params[name]);
    }
    this.#run = train(
      this.#net,
      { train: data.train, test: data.test },
      {
        ...{ optimizer: this.#optimizer, gradient: method, batchSize, h, random },
        ...{ steps: Number.MAX_SAFE_INTEGER, recordLoss: "before", evaluateEvery: false, signal: this.#abort.signal },
        threads: "auto",
      },
    );
    this.#reports = this.#run[Symbol.asyncIterator]();
    this.#listener = listener;
  }

  /** A copy of the parameters of now. */
  get params(): Params {
    const { w1, b1, w2, b2 } = this.#net.params;
    return { w1: w1.slice(), b1: b1.slice(), w2: w2.slice(), b2: b2.slice() };
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
  recognise(number: number, image: Uint8Array | undefined): void {
    this.#image = image && { number, image };
    this.#answer();
    this.#report();
  }

  /** Moves a weight of W1 by h both ways, now and in all later reports. */
  probe(pixel: number, unit: number): void {
    this.#probe = { pixel, unit };
    this.#report();
  }

  /** Reports both gradients from time to time, now first, or no more. */
  compareGradients(isWanted: boolean): void {
    this.#comparesGradients = isWanted;
    this.#compareFrom = Number.NEGATIVE_INFINITY;
    if (isWanted) this.#report();
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
        if (now - this.#reportedAt >= REPORT_EVERY) this.#report();
        await this.#evaluate(value.step);
        last = performance.now();
      }
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      this.#divergence = error.message;
    }
    this.#sentWeightsAt = Number.NEGATIVE_INFINITY;
    this.#compareFrom = Number.NEGATIVE_INFINITY;
    this.#answer();
    this.#report();
  }

  #adjustRate(): void {
    while (this.#rates[0] && this.#rates[0].from <= this.#steps) {
      this.#optimizer.learningRate = this.#rates.shift()!.learningRate;
    }
  }

  #record({ step, loss }: StepReport, milliseconds: number): void {
    this.#steps = step + 1;
    if (loss !== undefined) this.#losses.push(loss);
    // In the first step the core also lists the images of the dataset.
    if (step > 0) this.#pace.add(milliseconds);
    if (this.#steps % ANSWER_EVERY === 0 || milliseconds > SLOW) this.#answer();
  }

  /** Measures the accuracies that are due after a step: often on a sample, and on all images once an epoch. */
  async #evaluate(step: number): Promise<void> {
    if (isSampled(this.#steps)) {
      const sample = await this.#accuracies(SAMPLE);
      if (sample) this.#samples.push(sample);
    }
    if (!this.#data.isWhole || step === 0 || step % this.#epoch !== 0) return;
    // The evaluation takes a second on a slow machine, so the page is told first that the step has been made.
    this.#report();
    const all = await this.#accuracies(Number.POSITIVE_INFINITY);
    if (all) this.#evaluations.push(all);
  }

  /** The accuracies on the first `most` training and test images; undefined if the trainer is disposed of. */
  async #accuracies(most: number): Promise<Accuracies | undefined> {
    const train = await this.#accuracy(this.#data.train, most);
    const test = await this.#accuracy(this.#data.test, most);
    return train === undefined || test === undefined ? undefined : { steps: this.#steps, train, test };
  }

  async #accuracy(data: Dataset, most: number): Promise<number | undefined> {
    const size = Math.min(most, data.size);
    let right = 0;
    for (let start = 0; start < size; start += EVALUATED) {
      if (this.#abort.signal.aborted) return undefined;
      const { x, t } = data.batch(Array.from({ length: Math.min(EVALUATED, size - start) }, (_, i) => start + i));
      right += Math.round(this.#net.accuracy(x, t) * t.length);
      await nextTask();
    }
    return right / size;
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
      samples: this.#samples,
      pace: this.#pace.perStep,
      answers: this.#answers,
      probe: this.#probe && moveWeight(this.#net, this.#probed(), this.#probe, this.#h),
      gradients: this.#compareGradients(),
      weights: withWeights ? this.params : undefined,
      divergence: this.#divergence,
      // The threads end with the run, so a run that has diverged does not tell their number.
      threads: this.#steps > 0 && this.#divergence === undefined ? this.#run.threads : undefined,
    });
    this.#losses = [];
    this.#answers = [];
    this.#evaluations = [];
    this.#samples = [];
  }

  /** Both gradients of now, if they are wanted and it is time for them. */
  #compareGradients(): GradientPair | undefined {
    const before = performance.now();
    if (!this.#comparesGradients || this.#divergence !== undefined || before < this.#compareFrom) return undefined;
    const { x, t } = this.#probed();
    const backprop = this.#net.gradient(x, t);
    const pair = pairGradients(this.#net.numericalGradient(x, t, { h: this.#h }), backprop, this.#steps);
    const now = performance.now();
    this.#compareFrom = now + Math.max(COMPARE_EVERY, (now - before) / COMPARE_PART);
    return pair;
  }

  /** The images on which one weight is moved and the gradients are compared. */
  #probed(): ReturnType<Dataset["batch"]> {
    return this.#data.train.batch(Array.from({ length: Math.min(PROBED, this.#data.train.size) }, (_, i) => i));
  }

  /** Notes what the network says about the image now. */
  #answer(): void {
    if (!this.#image) return;
    const { number, image } = this.#image;
    const { data } = this.#net.predict(pixels([1, image.length], image));
    this.#answers.push({ number, steps: this.#steps, probs: data });
  }
}
