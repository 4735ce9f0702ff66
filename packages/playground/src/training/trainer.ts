import {
  argmax,
  confusionMatrix,
  type Dataset,
  DivergenceError,
  pixels,
  RandomState,
  SGD,
  type StepReport,
  type TrainAndTest,
  type TrainingRun,
  TwoLayerNet,
  train,
} from "numgrad";
import { countRight } from "./confusion.js";
import { Evaluation } from "./evaluation.js";
import { pairGradients } from "./gradients.js";
import { moveWeight } from "./moved-weight.js";
import { nextTask } from "./next-task.js";
import { Pace } from "./pace.js";
import {
  type Accuracies,
  type Answer,
  type Confusion,
  type GradientPair,
  type LabelledImage,
  type Method,
  type Params,
  PROBED,
  type Report,
  SAMPLE,
  type Settings,
  type Wanted,
} from "./protocol.js";
import { isSampled } from "./samples.js";

/**
 * Milliseconds between two reports while training, and between two reports with weights. The last report has weights.
 */
const REPORT_EVERY = 50;
const WEIGHTS_EVERY = 400;

/** Memories of the mean times, in milliseconds: of the steps alone, and of the steps with all that is done beside them. */
const PACE_MEMORY = 3000;
const TURN_MEMORY = 300;

/** Least milliseconds between two comparisons of the gradients, and the largest part of the time that they may take. */
const COMPARE_EVERY = 1000;
const COMPARE_PART = 0.05;

/** Images among which one is searched for at a time, after which the worker listens to the page. */
const SEARCHED = 500;

/** Steps between two answers about the image. Where a step takes longer than `SLOW` ms, each one has an answer. */
const ANSWER_EVERY = 10;
const SLOW = 20;

const PARAMS = ["w1", "b1", "w2", "b2"] as const;

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
interface Images extends TrainAndTest {
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
  readonly #pace = new Pace(PACE_MEMORY);
  readonly #turn = new Pace(TURN_MEMORY);
  /** Learning rates of later steps, and the steps from which they hold. */
  readonly #rates: { learningRate: number; from: number }[] = [];
  #steps = 0;
  #until = 0;
  #isEnd = true;
  /** Whether it has been reported that the steps up to `until` have been made. */
  #isStopSaid = false;
  #loop: Promise<void> | undefined;
  readonly #h: number;
  #probe: { readonly pixel: number; readonly unit: number } | undefined;
  #comparesGradients = false;
  /** Time from which on the gradients are compared again. */
  #compareFrom = Number.NEGATIVE_INFINITY;
  readonly #data: Images;
  /** Steps of an epoch. */
  readonly #epoch: number;
  /** The network as it was after the last epoch, and its evaluation on all images, while that is going on. */
  #copy: TwoLayerNet | undefined;
  #evaluation: Evaluation | undefined;
  #image: { readonly number: number; readonly image: Uint8Array } | undefined;
  #divergence: string | undefined;
  #losses: number[] = [];
  #answers: Answer[] = [];
  #evaluations: Accuracies[] = [];
  #samples: Accuracies[] = [];
  #confusion: Confusion | undefined;
  /** Steps after which the sample was measured last. */
  #sampledAfter = 0;
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
    for (const name of PARAMS) {
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
    this.#confuse();
  }

  /** A copy of the parameters of now. */
  get params(): Params {
    const { w1, b1, w2, b2 } = this.#net.params;
    return { w1: w1.slice(), b1: b1.slice(), w2: w2.slice(), b2: b2.slice() };
  }

  /**
   * Trains until `until` steps have been made in all, and reports all that there is to say if that is the end for now. A
   * later call changes both.
   */
  train(until: number, isEnd = true): void {
    this.#until = until;
    this.#isEnd = isEnd;
    this.#isStopSaid = false;
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

  /** A test image, found from a random one on; undefined if the network reads none as wanted, or is disposed of. */
  async find(wanted: Wanted): Promise<LabelledImage | undefined> {
    const { test } = this.#data;
    const first = Math.floor(Math.random() * test.size);
    if (wanted === "any") return imageOf(test, first);
    const isWanted = (label: number, said: number) =>
      wanted === "wrong" ? said !== label : label === wanted.label && said === wanted.said;
    for (let searched = 0; searched < test.size; searched += SEARCHED) {
      const count = Math.min(SEARCHED, test.size - searched);
      const indices = Array.from({ length: count }, (_, i) => (first + searched + i) % test.size);
      const { x, t } = test.batch(indices);
      const found = argmax(this.#net.predict(x)).findIndex((said, i) => isWanted(t[i]!, said));
      if (found >= 0) return imageOf(test, indices[found]!);
      await nextTask();
      if (this.#abort.signal.aborted) return undefined;
    }
    return undefined;
  }

  /** Ends the training and frees the network's memory. */
  async dispose(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    await this.#reports.return?.();
    this.#net.dispose();
    this.#copy?.dispose();
  }

  /** Makes the steps that are asked for, and evaluations on all images between and after them. */
  async #train(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const before = performance.now();
      const isStep = this.#steps < this.#until && this.#divergence === undefined;
      if (isStep) await this.#step();
      else if (!this.#isStopSaid) this.#reportStop();
      else if (!this.#evaluation) return;
      await this.#advanceEvaluation();
      // In the first step the core also lists the images of the dataset.
      if (isStep && this.#steps > 1) this.#turn.add(performance.now() - before);
      if (this.#isStopSaid && this.#evaluations.length > 0) this.#reportStop();
    }
  }

  async #step(): Promise<void> {
    this.#adjustRate();
    const before = performance.now();
    try {
      const { done, value } = await this.#reports.next();
      if (done) return;
      const now = performance.now();
      this.#record(value, now - before);
      if (now - this.#reportedAt >= REPORT_EVERY) this.#report();
      await this.#evaluate(value.step);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      this.#divergence = error.message;
    }
  }

  /** Reports the last step, at the end with all that there is to say about the network of now. */
  #reportStop(): void {
    this.#isStopSaid = true;
    if (this.#isEnd || this.#divergence !== undefined) {
      this.#sentWeightsAt = Number.NEGATIVE_INFINITY;
      this.#compareFrom = Number.NEGATIVE_INFINITY;
      this.#sample();
    }
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
    if (step > 0) this.#pace.add(milliseconds);
    if (this.#steps % ANSWER_EVERY === 0 || milliseconds > SLOW) this.#answer();
  }

  /** Measures the accuracies that are due after a step: often on a sample, and on all images once an epoch. */
  async #evaluate(step: number): Promise<void> {
    if (isSampled(this.#steps)) {
      await nextTask();
      this.#sample();
    }
    if (!this.#data.isWhole || step === 0 || step % this.#epoch !== 0) return;
    while (this.#evaluation && !this.#abort.signal.aborted) await this.#advanceEvaluation();
    // The evaluation takes a second on a slow machine. Training goes on meanwhile, so a copy is evaluated.
    const { inputSize, hiddenSize, outputSize } = this.#net;
    this.#copy ??= new TwoLayerNet({ inputSize, hiddenSize, outputSize, random: 0 });
    for (const name of PARAMS) this.#copy.params[name].set(this.#net.params[name]);
    this.#evaluation = new Evaluation(this.#copy, this.#data, this.#steps);
  }

  /** Evaluates some more of all images, if that is to be done. */
  async #advanceEvaluation(): Promise<void> {
    const accuracies = this.#evaluation?.advance();
    if (accuracies) {
      this.#evaluations.push(accuracies);
      this.#evaluation = undefined;
    }
    if (this.#evaluation) await nextTask();
  }

  /** Measures the accuracies on the sample, unless that has been done after this step. */
  #sample(): void {
    if (this.#sampledAfter === this.#steps) return;
    this.#sampledAfter = this.#steps;
    const { x, t } = firstOf(this.#data.train, SAMPLE);
    const train = this.#net.accuracy(x, t);
    const test = countRight(this.#confuse().counts) / Math.min(SAMPLE, this.#data.test.size);
    this.#samples.push({ steps: this.#steps, train, test });
  }

  /** Notes what the network reads the sample's test images as now. */
  #confuse(): Confusion {
    const { x, t } = firstOf(this.#data.test, SAMPLE);
    const confusion = { steps: this.#steps, counts: confusionMatrix(this.#net.predict(x), t).data };
    this.#confusion = confusion;
    return confusion;
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
      confusion: this.#confusion,
      pace: this.#pace.perStep,
      turn: this.#turn.perStep,
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
    this.#confusion = undefined;
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
    return firstOf(this.#data.train, PROBED);
  }

  /** Notes what the network says about the image now. */
  #answer(): void {
    if (!this.#image) return;
    const { number, image } = this.#image;
    const { data } = this.#net.predict(pixels([1, image.length], image));
    this.#answers.push({ number, steps: this.#steps, probs: data });
  }
}

/** The first images of a dataset, at most so many. */
function firstOf(data: Dataset, most: number): ReturnType<Dataset["batch"]> {
  return data.batch(Array.from({ length: Math.min(most, data.size) }, (_, i) => i));
}

function imageOf(data: Dataset, index: number): LabelledImage {
  const { x, t } = data.batch([index]);
  return { image: x.data, label: t[0]! };
}
