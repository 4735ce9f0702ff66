// What the page and its workers say to each other.
import type { Evaluation } from "numgrad";

/** How a network's gradient is found. */
export type Method = "numerical" | "backprop";

/** What a network and its training begin with. */
export interface Settings {
  readonly hiddenSize: number;
  readonly batchSize: number;
  /** Of NumPy's RandomState, for the first weights and the batches. */
  readonly seed: number;
  /** Difference step. */
  readonly h: number;
  readonly learningRate: number;
}

/** What the page asks of a worker. Workers do what they are asked in this order. */
export type Request =
  /** First of all: the folder with MNIST's files. */
  | { readonly type: "load"; readonly method: Method; readonly baseUrl: string }
  /** Begins anew. Reports have the `run`'s number, so that those of the run before can be told. */
  | { readonly type: "reset"; readonly run: number; readonly settings: Settings }
  /** Trains until that many steps have been made in all. */
  | { readonly type: "train"; readonly until: number }
  /** From a number of steps on, which both networks have yet to make: they change at the same step. */
  | { readonly type: "learningRate"; readonly learningRate: number; readonly from: number }
  /** An image to be recognised from now on, as training goes on; 784 bytes. */
  | { readonly type: "recognise"; readonly image: Uint8Array | undefined }
  /** Asks for a test image. */
  | { readonly type: "draw" };

/** What a worker tells the page. */
export type Reply =
  | { readonly type: "loading"; readonly file: string; readonly loaded: number; readonly total: number }
  | { readonly type: "loaded" }
  | { readonly type: "report"; readonly run: number; readonly report: Report }
  | { readonly type: "image"; readonly image: Uint8Array; readonly label: number }
  | { readonly type: "failed"; readonly message: string };

/** News of a network: what has come since the last report. */
export interface Report {
  /** Steps made in all. */
  readonly steps: number;
  /** Loss of each new step's batch before the update, in nats. */
  readonly losses: Float64Array;
  readonly evaluations: readonly Evaluation[];
  /** Milliseconds of a step, without evaluations and waiting; undefined before the second step. */
  readonly pace: number | undefined;
  /** Probabilities of the ten digits for the image that is to be recognised. */
  readonly probs: Float64Array | undefined;
  /** W1, row-major [784, hidden units], now and then. */
  readonly weights: Float32Array | undefined;
  /** Why training has ended, if parameters or losses would not have been finite. */
  readonly divergence: string | undefined;
}
