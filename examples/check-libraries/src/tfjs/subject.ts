import type { Case, Foreign } from "../case.js";
import { casesOf } from "../case.js";
import type { Ready } from "../libraries.js";
import { type Place, type Problem, partsOf, type Subject } from "../problem.js";
import { ARRAYS } from "./arrays.js";
import { ELEMENTWISE } from "./elementwise.js";
import { LOSSES } from "./losses.js";
import { NETWORKS } from "./networks.js";

/** What a tensor of TensorFlow.js has. */
interface Tensor {
  readonly size: number;
  dataSync(): Float32Array;
}

/** TensorFlow.js with one of its backends. */
export async function tfjs({ load }: Ready, backend: "cpu" | "wasm"): Promise<Subject> {
  const tf = load("@tensorflow/tfjs");
  if (backend === "wasm") load("@tensorflow/tfjs-backend-wasm");
  await (tf.setBackend(backend) as unknown as Promise<boolean>);
  const tidy = <T>(work: () => T) => tf.tidy(work) as T;
  const tensorsOf = (inputs: Place["inputs"], parts: readonly unknown[]) =>
    inputs.map(({ shape }, i) => tf.tensor(parts[i], shape, "float32"));
  const run = (example: Case, tensors: readonly Foreign[]) => tf.reshape(example.apply(tf, tensors), [-1]);
  return {
    library: "TensorFlow.js",
    backend,
    cases: casesOf([...ELEMENTWISE, ...ARRAYS, ...NETWORKS, ...LOSSES]),
    outputs: (example, inputs) =>
      tidy(() => {
        const parts = inputs.map(({ values }) => values);
        return (run(example, tensorsOf(inputs, parts)) as unknown as Tensor).size;
      }),
    problem(example, { inputs, weights }): Problem {
      const sum = (...tensors: Foreign[]) => tf.sum(tf.mul(run(example, tensors), tf.tensor1d(weights)));
      const x = Float32Array.from(inputs.flatMap(({ values }) => values));
      const at = (values: ArrayLike<number>) => tensorsOf(inputs, partsOf(values as Float32Array, inputs));
      return {
        x,
        f: (values) => tidy(() => (sum(...at(values)) as unknown as Tensor).dataSync()[0]!),
        gradient: (values) =>
          tidy(() => {
            const tensors = tf.grads(sum)(at(values)) as unknown as Tensor[];
            return tensors.flatMap((tensor) => [...tensor.dataSync()]);
          }),
      };
    },
  };
}
