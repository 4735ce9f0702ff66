import { type Case, casesOf, type Foreign } from "../case.js";
import type { Ready } from "../libraries.js";
import { type Place, type Problem, partsOf, type Subject } from "../problem.js";
import { OPERATIONS } from "./operations.js";

/** What an array of jax-js has. Each operation uses its arguments up; `ref` allows one more use. */
interface JaxArray {
  readonly size: number;
  dataSync(): Float32Array;
}

/** jax-js in float32, on its WebAssembly device. */
export async function jax({ load }: Ready): Promise<Subject> {
  const jax = load("@jax-js/jax");
  const np = jax.numpy;
  await (jax.init("wasm") as unknown as Promise<unknown>);
  jax.defaultDevice("wasm");
  const arraysOf = (inputs: Place["inputs"], parts: readonly ArrayLike<number>[]) =>
    inputs.map(({ shape }, i) => np.array(Float32Array.from(parts[i]!), { shape: [...shape], dtype: "float32" }));
  const run = (example: Case, arrays: readonly Foreign[]) => np.ravel(example.apply(jax, arrays));
  return {
    library: "jax-js",
    backend: "wasm",
    cases: casesOf(OPERATIONS),
    outputs(example, inputs) {
      const parts = inputs.map(({ values }) => values);
      return (run(example, arraysOf(inputs, parts)) as unknown as JaxArray).size;
    },
    problem(example, { inputs, weights }): Problem {
      const x = Float32Array.from(inputs.flatMap(({ values }) => values));
      const at = (values: ArrayLike<number>) => arraysOf(inputs, partsOf(values as Float32Array, inputs));
      const sum = (arrays: Foreign[]) =>
        np.sum(np.multiply(run(example, arrays), np.array(Float32Array.from(weights), { dtype: "float32" })));
      return {
        x,
        f: (values) => (sum(at(values)) as unknown as JaxArray).dataSync()[0]!,
        gradient: (values) => {
          const arrays = jax.grad(sum)(at(values)) as unknown as JaxArray[];
          return arrays.flatMap((array) => [...array.dataSync()]);
        },
      };
    },
  };
}
