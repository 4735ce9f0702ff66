import { checkGradient } from "numgrad";
import { type Case, generator, sizeOf } from "../case.js";
import { partsOf, type Subject } from "../problem.js";

/** The parameters of the book's network: 39,760 numbers. */
const TENSORS = [
  { name: "w1", shape: [784, 50] },
  { name: "b1", shape: [50] },
  { name: "w2", shape: [50, 10] },
  { name: "b2", shape: [10] },
];

/** Images in the batch. */
const IMAGES = 20;

/** Errors that are planted in the gradient of one tensor. */
const ERRORS: Readonly<Record<string, (value: number, k: number, all: Float32Array) => number>> = {
  "× 1.01": (value) => 1.01 * value,
  "sign changed": (value) => -value,
  zeros: () => 0,
  rolled: (_, k, all) => all[(k + 1) % all.length]!,
};

/** What `checkGradient` says about the gradient of the network, and about planted errors. */
export interface ModelReport {
  readonly size: number;
  readonly right: { readonly verdict: string; readonly evaluations: number };
  readonly planted: readonly {
    readonly error: string;
    readonly tensor: string;
    readonly verdict: string;
    /** The tensors of the worst elements, if the gradient is called wrong. */
    readonly found: readonly string[];
    readonly evaluations: number;
  }[];
}

/** Checks the gradient of the book's network in TensorFlow.js by all its parameters at once. */
export function checkModel(subject: Subject): ModelReport {
  const random = generator(7);
  const inputs = TENSORS.map(({ shape }) => ({
    shape,
    values: Array.from({ length: sizeOf(shape) }, () => 0.3 * (random() + random() + random() - 1.5)),
  }));
  const { f, gradient, x } = subject.problem(lossOfBatch(random), { inputs, weights: [1] });
  const got = Float32Array.from(gradient(x));
  const right = checkGradient(f, got, x);
  const planted = Object.entries(ERRORS).flatMap(([error, change]) =>
    TENSORS.map(({ name }, planted) => {
      const parts = partsOf(got, inputs).map((part, i) => (i === planted ? part.map(change) : part));
      const { verdict, worst, evaluations } = checkGradient(f, parts.flatMap((part) => [...part]), x); // biome-ignore format: a line
      const found = verdict === "wrong" ? worst.map(({ index }) => tensorOf(index)) : [];
      return { error, tensor: name, verdict, found: [...new Set(found)], evaluations };
    }),
  );
  return { size: x.length, right: { verdict: right.verdict, evaluations: right.evaluations }, planted };
}

/** The name of the tensor that has this element. */
function tensorOf(index: number): string {
  let end = 0;
  for (const { name, shape } of TENSORS) {
    end += sizeOf(shape);
    if (index < end) return name;
  }
  return "";
}

/** The loss of the network on one batch, as a function of its parameters. */
function lossOfBatch(random: () => number): Case {
  // A fifth of the pixels is not black, as in MNIST.
  const pixels = Float32Array.from({ length: IMAGES * 784 }, () => (random() < 0.2 ? random() : 0));
  const labels = Int32Array.from({ length: IMAGES }, () => Math.floor(10 * random()));
  return {
    op: "the book's network",
    setting: {},
    inputs: [],
    apply(tf, [w1, b1, w2, b2]) {
      const images = tf.tensor2d(pixels, [IMAGES, 784]);
      const targets = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
      const hidden = tf.sigmoid(tf.add(tf.matMul(images, w1), b1));
      return tf.losses.softmaxCrossEntropy(targets, tf.add(tf.matMul(hidden, w2), b2));
    },
  };
}
