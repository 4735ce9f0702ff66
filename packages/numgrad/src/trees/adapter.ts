import { checkFunction } from "../arguments.js";
import { ArgumentError, describe } from "../errors.js";

/** The numbers of a value of another library. */
export type AdapterArray = Float64Array | Float32Array | readonly number[];

/**
 * How a value of another library, such as a tensor, becomes numbers and back. `V` is the type of these values.
 *
 * numgrad never changes a value that it is given. For each call of f it makes new values with `fromArray`, and gives each
 * back with `dispose` after the call, together with the value that f returned. The values of a result belong to the caller.
 *
 * @example
 * ```ts
 * class Tensor {
 *   constructor(readonly shape: number[], readonly values: Float32Array) {}
 * }
 * const adapter = {
 *   is: (value: unknown) => value instanceof Tensor,
 *   toArray: (tensor: Tensor) => tensor.values,
 *   fromArray: (array: ArrayLike<number>, like: Tensor) => new Tensor(like.shape, Float32Array.from(array)),
 * };
 * const x = { w: new Tensor([2], Float32Array.of(3, 4)), b: 1 };
 * const gradient = numericalGradient(({ w, b }) => b * w.values[0]! * w.values[1]!, x, { adapter });
 * gradient.w.values; // Float32Array [4, 3]
 * ```
 */
export interface Adapter<V> {
  /** Whether a value is one of the library. */
  is(value: unknown): boolean;
  /** The numbers of a value, flat and row-major. A Float32Array says that the library computes in float32. */
  toArray(value: V): AdapterArray;
  /** A new value with these numbers. The array is of the kind that `toArray` returned. `like` has the shape. */
  fromArray(array: Float64Array | Float32Array | number[], like: V): V;
  /** Frees a value, for a library whose values hold memory until then. */
  dispose?: ((value: V) => void) | undefined;
}

/** Checks the option `adapter`. @throws {ArgumentError} if it is not an adapter. */
export function readAdapter(adapter: unknown): Adapter<unknown> | undefined {
  if (adapter === undefined) return undefined;
  if (typeof adapter !== "object" || adapter === null) {
    throw new ArgumentError("options.adapter", "an object { is, toArray, fromArray, dispose }", describe(adapter));
  }
  const { is, toArray, fromArray, dispose } = adapter as Partial<Adapter<unknown>>;
  for (const [name, value] of Object.entries({ is, toArray, fromArray })) {
    checkFunction(`options.adapter.${name}`, value);
  }
  if (dispose !== undefined) checkFunction("options.adapter.dispose", dispose);
  return adapter as Adapter<unknown>;
}
