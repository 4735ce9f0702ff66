import { checkFinite, checkOptions } from "../arguments.js";
import { isFloat32Array, isFloat64Array, isFloatArray } from "../brand.js";
import { overlap } from "../bytes.js";
import { ArgumentError, describe, NonFiniteError, ShapeError } from "../errors.js";
import { checkNumbers, isArrayLike } from "../shape.js";
import { currentView } from "../view-registry.js";
import { type Gradients, LiveParameters } from "./parameters.js";

/** Parameters or gradients: arrays by name. */
export type NamedArrays = Gradients | Readonly<Record<string, Float64Array | Float32Array | number[]>>;

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** Learning rate η, the factor of the gradient in an update. Default 0.01. */
  learningRate?: number;
}

/**
 * Stochastic gradient descent: w ← w − η ∂L/∂w for every parameter (*Deep Learning from Scratch*, sections 4.5 and
 * 6.1).
 *
 * @example
 * ```ts
 * const params = { w: [1, 2] };
 * new SGD({ learningRate: 0.1 }).update(params, { w: [10, -10] });
 * params.w; // [0, 3]
 * ```
 */
export class SGD {
  /** Learning rate η. */
  readonly learningRate: number;

  /** @throws {ArgumentError} if the learning rate is not a finite number, or an option is unknown. */
  constructor(options: SGDOptions = {}) {
    checkOptions(options, ["learningRate"]);
    const { learningRate = 0.01 } = options;
    checkFinite("options.learningRate", learningRate);
    this.learningRate = learningRate;
  }

  /**
   * Moves every parameter by −learningRate × its gradient, in place. `net.params` with the `net.grads` of the same
   * network are updated in the core, other arrays in JavaScript. Both ways give the same bits.
   *
   * @param params Arrays of parameters by name.
   * @param grads For each parameter, an array of the same name and length.
   * @throws {ArgumentError} if an argument holds no arrays of numbers, or a parameter is frozen, or a parameter and a
   * gradient overlap in memory, so that the result would depend on the order.
   * @throws {ShapeError} if a parameter has no gradient of its length.
   * @throws {NonFiniteError} if a result would be NaN or infinite.
   * @throws {DisposedError} if the network has been disposed of. No error changes a parameter.
   */
  update(params: NamedArrays, grads: NamedArrays): void {
    const session = LiveParameters.sharedSession(params, grads);
    if (session) {
      // If the core refuses the update, this names the number that would not be finite.
      if (!session.descend(this.learningRate))
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
        return isFloat32Array(values) ? Math.fround(next) : next;
      };
      for (let i = 0; i < values.length; i++) {
        if (!Number.isFinite(updated(i))) {
          throw new NonFiniteError(`updated params.${name}`, i, updated(i));
        }
      }
    }
  }
}

/** Whether two arrays share memory, but not each element with the other's: writing one would change the other. */
function isShifted(a: NumberArray, b: NumberArray): boolean {
  const [one, other] = [a as Float64Array, b as Float64Array];
  return overlap(a, b) && (one.byteOffset !== other.byteOffset || one.BYTES_PER_ELEMENT !== other.BYTES_PER_ELEMENT);
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
      // If memory has grown since a live view was taken, the current view is looked up.
      const array = isFloat64Array(given) ? currentView(given) : given;
      if (!isFloatArray(array) && (!isArrayLike(array) || ArrayBuffer.isView(array))) {
        throw new ArgumentError(
          `${argument}.${name}`,
          "an array of numbers, a Float64Array or a Float32Array",
          describe(array),
        );
      }
      checkNumbers(`${argument}.${name}`, array, describe);
      return [name, array as NumberArray];
    }),
  );
}

function checkPairs(params: Map<string, NumberArray>, grads: Map<string, NumberArray>): void {
  for (const [name, gradient] of grads) {
    for (const [other, values] of params) {
      if (name === other ? !isShifted(values, gradient) : !overlap(values, gradient)) continue;
      throw new ArgumentError(
        `grads.${name}`,
        `memory that is not a part of params.${other}`,
        "memory that overlaps it",
      );
    }
  }
  for (const [name, values] of params) {
    if (Object.isFrozen(values))
      throw new ArgumentError(`params.${name}`, "an array that can be changed", "a frozen one");
    const gradient = grads.get(name);
    if (gradient?.length !== values.length) {
      throw new ShapeError(`grads.${name}`, `${values.length} numbers, as in params.${name}`, describe(gradient));
    }
  }
}
