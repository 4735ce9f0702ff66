import type { TrainAndTest, TwoLayerNet } from "numgrad";
import type { Accuracies } from "./protocol.js";

/** Images that are evaluated at a time: about 2 ms of work, after which the worker listens to the page. */
const EVALUATED = 500;

/** The evaluation of a network on all images, some at a time. The network must not change before it has ended. */
export class Evaluation {
  readonly #net: TwoLayerNet;
  readonly #data: TrainAndTest;
  readonly #steps: number;
  readonly #right = { train: 0, test: 0 };
  #set: keyof TrainAndTest = "train";
  #next = 0;

  /** @param steps Steps that the network has made. */
  constructor(net: TwoLayerNet, data: TrainAndTest, steps: number) {
    this.#net = net;
    this.#data = data;
    this.#steps = steps;
  }

  /** Evaluates the next images. Returns the accuracies if they were the last. */
  advance(): Accuracies | undefined {
    const set = this.#data[this.#set];
    const count = Math.min(EVALUATED, set.size - this.#next);
    const { x, t } = set.batch(Array.from({ length: count }, (_, i) => this.#next + i));
    this.#right[this.#set] += Math.round(this.#net.accuracy(x, t) * count);
    this.#next += count;
    if (this.#next < set.size) return undefined;
    if (this.#set === "train") {
      this.#set = "test";
      this.#next = 0;
      return undefined;
    }
    const { train, test } = this.#data;
    return { steps: this.#steps, train: this.#right.train / train.size, test: this.#right.test / test.size };
  }
}
