import { checkFinite, checkOptions } from "../arguments.js";
import { ArgumentError, describe, NonFiniteError, ShapeError } from "../errors.js";
import { currentView } from "../live-view.js";
import { guard } from "../wasm/runtime.js";
import { type Gradients, LiveParameters } from "./parameters.js";

/** Parameters or gradients by name. */
export type NamedArrays = Gradients | Readonly<Record<string, Float64Array | Float32Array | number[]>>;

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** η, the factor of the gradient in an update; 0.01 if omitted. */
  learningRate?: number;
}

/**
 * Stochastic gradient descent: w ← w − η ∂L/∂w for every parameter (*Deep Learning from Scratch*, sections 4.5 and 6.1).
 *
 * @example
 * ```ts
 * const params = { w: [1, 2] };
 * new SGD({ learningRate: 0.1 }).update(params, { w: [10, -10] });
 * params.w; // [0, 3]
 * ```
 */
export class SGD {
  /** η. */
  readonly learningRate: number;

  /** @throws {ArgumentError} if the learning rate is not a finite number. */
  constructor(options: SGDOptions = {}) {
    checkOptions(options, ["learningRate"]);
    const { learningRate = 0.01 } = options;
    checkFinite("options.learningRate", learningRate);
    this.learningRate = learningRate;
  }

  /**
   * Moves every parameter by −learningRate × its gradient, in place. A network's own `net.params` and `net.grads` are
   * updated in the core, any others where they are, with the same result.
   *
   * @throws {ShapeError} if a parameter has no gradient of its length.
   * @throws {NonFiniteError} if a result would be NaN or infinite. Nothing has changed then.
   */
  update(params: NamedArrays, grads: NamedArrays): void {
    const session = LiveParameters.session(params, grads);
    if (session) {
      const { raw } = session;
      if (!guard(() => raw.descend(this.learningRate)))
        this.#throwNonFinite(arraysOf("params", params), arraysOf("grads", grads));
      return;
    }
    const [paramArrays, gradArrays] = [arraysOf("params", params), arraysOf("grads", grads)];
    checkPairs(paramArrays, gradArrays);
    this.#throwNonFinite(paramArrays, gradArrays);
    for (const [name, values] of paramArrays) {
      const gradient = gradArrays.get(name)!;
      for (let i = 0; i < values.length; i++) values[i]! -= this.learningRate * gradient[i]!;
    }
  }

  /** Throws if an updated parameter would not be finite. */
  #throwNonFinite(params: Map<string, NumberArray>, grads: Map<string, NumberArray>): void {
    for (const [name, values] of params) {
      const gradient = grads.get(name)!;
      const updated = (i: number) => {
        const next = values[i]! - this.learningRate * gradient[i]!;
        return values instanceof Float32Array ? Math.fround(next) : next;
      };
      for (let i = 0; i < values.length; i++) {
        if (!Number.isFinite(updated(i))) {
          throw new NonFiniteError(`updated params.${name}`, i, updated(i));
        }
      }
    }
  }
}

type NumberArray = Float64Array | Float32Array | number[];

function arraysOf(argument: string, arrays: NamedArrays): Map<string, NumberArray> {
  if (typeof arrays !== "object" || arrays === null)
    throw new ArgumentError(argument, "an object of arrays", describe(arrays));
  const names = Object.keys(arrays);
  if (names.length === 0) throw new ArgumentError(argument, "an object of arrays", "an object without any");
  return new Map(
    names.map((name) => {
      const given = (arrays as Record<string, unknown>)[name];
      // A window on a network's memory from before it grew is looked up again.
      const array = given instanceof Float64Array ? currentView(given) : given;
      if (!(array instanceof Float64Array || array instanceof Float32Array || Array.isArray(array))) {
        throw new ArgumentError(
          `${argument}.${name}`,
          "an array of numbers, a Float64Array or a Float32Array",
          describe(array),
        );
      }
      return [name, array];
    }),
  );
}

function checkPairs(params: Map<string, NumberArray>, grads: Map<string, NumberArray>): void {
  for (const [name, values] of params) {
    if (Object.isFrozen(values))
      throw new ArgumentError(`params.${name}`, "an array that can be changed", "a frozen one");
    const gradient = grads.get(name);
    if (gradient?.length !== values.length) {
      throw new ShapeError(`grads.${name}`, `${values.length} numbers, as in params.${name}`, describe(gradient));
    }
  }
}
