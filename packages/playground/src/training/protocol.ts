// The messages between the page and its workers.
/** Number of training images, and of test images, on which the accuracy is measured often. */
export const SAMPLE = 1000;

/** Number of training images, the first ones, on which a weight is probed: a mini-batch of the book. */
export const PROBED = 100;

/** Which of MNIST's images: the first ones, with which the page begins, or all. */
export type Part = "first" | "all";

/** How a network's gradient is computed. */
export type Method = "numerical" | "backprop";

/** Settings of a network and its training. */
export interface Settings {
  readonly hiddenSize: number;
  readonly batchSize: number;
  /** Seed of NumPy's RandomState, for the first weights and the batches. */
  readonly seed: number;
  /** Difference step. */
  readonly h: number;
  readonly learningRate: number;
}

/** The parameters of a network, row-major. */
export type Params = Readonly<Record<"w1" | "b1" | "w2" | "b2", Float64Array>>;

/** A request of the page to a worker. A worker handles its requests in the order in which they come. */
export type Request =
  /** Loads images from a folder, unless the page holds MNIST's files, packed by gzip. No other request waits for it. */
  | {
      readonly type: "load";
      readonly method: Method;
      readonly baseUrl: string;
      readonly part: Part;
      readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
    }
  /** Begins a new run, from the parameters if there are any. Reports have its number `run`, so that the page can tell them from those of the run before. */
  | {
      readonly type: "reset";
      readonly run: number;
      readonly settings: Settings;
      readonly part: Part;
      readonly params?: Params | undefined;
    }
  /** Asks for the parameters of now. */
  | { readonly type: "save" }
  /** Trains until `until` steps have been made in all. */
  /** Train until so many steps have been made in all; `isEnd` if no more are wanted for now. */
  | { readonly type: "train"; readonly until: number; readonly isEnd: boolean }
  /** Sets the learning rate from a step on that neither network has reached, so that both change at the same step. */
  | { readonly type: "learningRate"; readonly learningRate: number; readonly from: number }
  /** Sets the image of 784 bytes for which the later reports have probabilities, and the number of that image. */
  | { readonly type: "recognise"; readonly number: number; readonly image: Uint8Array | undefined }
  /** Chooses the weight that the reports move by h. Hidden units are counted from 0. */
  | { readonly type: "probe"; readonly pixel: number; readonly unit: number }
  /** Begins or ends the comparison of both gradients. */
  | { readonly type: "compareGradients"; readonly isWanted: boolean }
  /** Asks for a test image. */
  | { readonly type: "draw"; readonly wanted: Wanted };

/** Which test image is wanted: any, one that the network reads wrong, or one of a digit that it reads as another. */
export type Wanted = "any" | "wrong" | Reading;

/** Images of one digit, and the digit as which the network reads them. */
export interface Reading {
  readonly label: number;
  readonly said: number;
}

/** A message of a worker to the page. */
export type Reply =
  | { readonly type: "loading"; readonly file: string; readonly loaded: number; readonly total: number }
  | { readonly type: "loaded"; readonly part: Part }
  | { readonly type: "report"; readonly run: number; readonly report: Report }
  | { readonly type: "params"; readonly params: Params }
  /** The image that was asked for; without one if the network reads none so. */
  | { readonly type: "image"; readonly found?: LabelledImage | undefined }
  | { readonly type: "failed"; readonly failure: Failure };

/** What has failed in a worker. */
export interface Failure {
  /** The images that could not be loaded, if that is what failed. */
  readonly part?: Part | undefined;
  /** File of the data that could not be loaded, if that is what failed. */
  readonly file?: string | undefined;
  /** The platform's reason; empty if it gives none. */
  readonly message: string;
}

/** The accuracies of a network: fractions of the images that it reads right. */
export interface Accuracies {
  /** Steps made before. */
  readonly steps: number;
  readonly train: number;
  readonly test: number;
}

/** A test image of 784 bytes, and the digit that it shows. */
export interface LabelledImage {
  readonly image: Uint8Array;
  readonly label: number;
}

/** How often a network has read each digit as each digit. */
export interface Confusion {
  /** Steps made before. */
  readonly steps: number;
  /** Counts of the sample's test images: a row for each digit, a column for what the network has said. */
  readonly counts: Float64Array;
}

/** What a network says about an image. */
export interface Answer {
  /** The image's number, by which the page tells an answer from one about an image before. */
  readonly number: number;
  /** Steps made before: answers of both networks are compared after the same step. */
  readonly steps: number;
  /** Probabilities of the ten digits. */
  readonly probs: Float64Array;
}

/** One weight of W1, moved by h both ways: the losses of `PROBED` training images. */
export interface Probe {
  readonly pixel: number;
  readonly unit: number;
  readonly weight: number;
  readonly h: number;
  readonly below: number;
  readonly at: number;
  readonly above: number;
  /** The entry of the gradient by backpropagation. */
  readonly backprop: number;
}

/** Both gradients of one network on the same `PROBED` training images. */
export interface GradientPair {
  /** Steps made before. */
  readonly steps: number;
  /** Number of all entries, and of those that are 0 in both gradients. */
  readonly count: number;
  readonly zeros: number;
  /** Largest difference of two entries. */
  readonly largest: number;
  /** Some entries, counted through W1, b1, W2 and b2; and their values. */
  readonly entries: Uint32Array;
  readonly numerical: Float64Array;
  readonly backprop: Float64Array;
}

/** News of a network since the last report. */
export interface Report {
  /** Steps made in all. */
  readonly steps: number;
  /** Loss of each new step's batch before the update, in nats. */
  readonly losses: Float64Array;
  /** Accuracies on all images, after each epoch. */
  readonly evaluations: readonly Accuracies[];
  /** Accuracies on the first `SAMPLE` training and test images, measured often. */
  readonly samples: readonly Accuracies[];
  /** What the network has read the sample's test images as, if that is news. */
  readonly confusion?: Confusion | undefined;
  /** Milliseconds of a step, without evaluations and waiting; undefined before the second step. */
  readonly pace: number | undefined;
  /**
   * Milliseconds from one step to the next with all that is done between them, but without waiting; undefined before the
   * second step. It follows what goes on more quickly than `pace`.
   */
  readonly turn: number | undefined;
  /** What the network has said about the image to recognise, after several steps. */
  readonly answers: readonly Answer[];
  readonly probe: Probe | undefined;
  /** Both gradients. Only some reports have them, if they are wanted. */
  readonly gradients?: GradientPair | undefined;
  /** The parameters after these steps. Only some reports have them; that of the last step has. */
  readonly weights: Params | undefined;
  /** Why the training has ended, if parameters or losses would not have been finite. */
  readonly divergence: string | undefined;
  /** Threads that make the steps; undefined before the first step. */
  readonly threads: number | undefined;
}
