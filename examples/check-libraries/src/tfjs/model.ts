import { checkGradient } from "numgrad";
import { type Foreign, generator, sizeOf } from "../case.js";
import type { Ready } from "../libraries.js";
import { partsOf } from "../problem.js";

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
    /** The tensors of the worst elements in the report. */
    readonly found: readonly string[];
    readonly evaluations: number;
  }[];
}

/** Checks the gradient of the book's network in TensorFlow.js by all its parameters at once. */
export async function checkModel({ load }: Ready, backend: "cpu" | "wasm"): Promise<ModelReport> {
  const tf = load("@tensorflow/tfjs");
  if (backend === "wasm") load("@tensorflow/tfjs-backend-wasm");
  await (tf.setBackend(backend) as unknown as Promise<boolean>);
  const { f, gradient, x } = problem(tf);
  const got = Float32Array.from(gradient(x));
  const right = checkGradient(f, got, x);
  const planted = Object.entries(ERRORS).flatMap(([error, change]) =>
    TENSORS.map(({ name }) => {
      const parts = partsOf(got, TENSORS.map(({ shape }) => ({ shape, values: [] }))); // biome-ignore format: a line
      const wrong = parts.map((part, i) => (TENSORS[i]!.name === name ? part.map(change) : part));
      const report = checkGradient(
        f,
        wrong.flatMap((part) => [...part]),
        x,
      );
      const found = report.directions ? report.worst.map(({ index }) => tensorOf(index)) : [];
      return {
        error,
        tensor: name,
        verdict: report.verdict,
        found: [...new Set(found)],
        evaluations: report.evaluations,
      };
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

/** The loss of the network as a function of its parameters. */
function problem(tf: Foreign) {
  const random = generator(7);
  const size = TENSORS.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const x = Float32Array.from({ length: size }, () => 0.3 * (random() + random() + random() - 1.5));
  // A fifth of the pixels is not black, as in MNIST.
  const pixels = Float32Array.from({ length: IMAGES * 784 }, () => (random() < 0.2 ? random() : 0));
  const labels = Int32Array.from({ length: IMAGES }, () => Math.floor(10 * random()));
  const images = tf.keep(tf.tensor2d(pixels, [IMAGES, 784]));
  const targets = tf.keep(tf.oneHot(tf.tensor1d(labels, "int32"), 10));
  const parts = TENSORS.map(({ shape }) => ({ shape, values: [] }));
  const loss = (w1: Foreign, b1: Foreign, w2: Foreign, b2: Foreign) => {
    const hidden = tf.sigmoid(tf.add(tf.matMul(images, w1), b1));
    return tf.losses.softmaxCrossEntropy(targets, tf.add(tf.matMul(hidden, w2), b2));
  };
  const tensors = (values: Float32Array) =>
    partsOf(values, parts).map((part, i) => tf.tensor(part, TENSORS[i]!.shape)) as [Foreign, Foreign, Foreign, Foreign];
  return {
    x,
    f: (values: Float32Array) =>
      tf.tidy(() => (loss(...tensors(values)) as unknown as { dataSync(): Float32Array }).dataSync()[0]) as unknown as number, // biome-ignore format: a line
    gradient: (values: Float32Array) =>
      tf.tidy(() => {
        const gradients = tf.grads(loss)(tensors(values)) as unknown as { dataSync(): Float32Array }[];
        return gradients.flatMap((tensor) => [...tensor.dataSync()]);
      }) as unknown as number[],
  };
}
