import type { Dataset, TwoLayerNet } from "numgrad";
import type { Accuracies } from "./protocol.js";

/** Images that are evaluated at a time: about 2 ms of work, after which the worker listens to the page. */
const EVALUATED = 500;

/** The datasets on which a network is evaluated. */
export interface Evaluated {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The evaluation of a network, some images at a time. The network must not change before it has ended. */
export class Evaluation {
  readonly #net: TwoLayerNet;
  readonly #data: Evaluated;
  readonly #steps: number;
  readonly #most: number;
  readonly #right = { train: 0, test: 0 };
  #set: keyof Evaluated = "train";
  #next = 0;

  /**
   * @param steps Steps that the network has made.
   * @param most The first images of each dataset that are evaluated.
   */
  constructor(net: TwoLayerNet, data: Evaluated, steps: number, most: number) {
    this.#net = net;
    this.#data = data;
    this.#steps = steps;
    this.#most = most;
  }

  /** Evaluates the next images. Returns the accuracies if they were the last. */
  advance(): Accuracies | undefined {
    const set = this.#data[this.#set];
    const count = Math.min(EVALUATED, this.#sizeOf(this.#set) - this.#next);
    const { x, t } = set.batch(Array.from({ length: count }, (_, i) => this.#next + i));
    this.#right[this.#set] += Math.round(this.#net.accuracy(x, t) * count);
    this.#next += count;
    if (this.#next < this.#sizeOf(this.#set)) return undefined;
    if (this.#set === "train") {
      this.#set = "test";
      this.#next = 0;
      return undefined;
    }
    const { train, test } = this.#right;
    return { steps: this.#steps, train: train / this.#sizeOf("train"), test: test / this.#sizeOf("test") };
  }

  #sizeOf(set: keyof Evaluated): number {
    return Math.min(this.#most, this.#data[set].size);
  }
}
