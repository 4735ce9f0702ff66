import type { Matrix } from "../shape.js";
import type { Adapter } from "../trees/adapter.js";
import type { GradientAt, PointLike, Received } from "./point.js";

/**
 * The type `X` itself, if it is a tree: an object or an array, whose values are numbers, arrays of numbers,
 * floating-point arrays, Matrices, values `V` of another library, or trees. Values of other types become `never`.
 */
export type Tree<X, V = never> = X extends V | number | PointLike
  ? X
  : X extends
        | ArrayBufferView
        | ReadonlyMap<never, unknown>
        | ReadonlySet<never>
        | Date
        | PromiseLike<unknown>
        | ((...args: never) => unknown)
    ? never
    : X extends object
      ? { [K in keyof X]: Tree<X[K], V> }
      : never;

/** What f receives for the tree `X`: a tree of the same structure. */
export type ReceivedTree<X, V = never> = X extends V
  ? X
  : X extends number
    ? number
    : X extends PointLike
      ? Received<X>
      : { -readonly [K in keyof X]: ReceivedTree<X[K], V> };

/**
 * A gradient at the tree `X`: a tree of the same structure, with a number for each number, a float64 Matrix for each
 * Matrix, a Float64Array for each other array of numbers, and a value of the other library for each of those.
 */
export type GradientTree<X, V = never> = X extends V
  ? X
  : X extends number
    ? number
    : X extends PointLike
      ? GradientAt<X>
      : { -readonly [K in keyof X]: GradientTree<X[K], V> };

/** A tree of the structure of `X`, with a Matrix for each of its arrays, numbers, and values of another library. */
export type MatrixTree<X, V = never> = X extends V | number | PointLike
  ? Matrix
  : { -readonly [K in keyof X]: MatrixTree<X[K], V> };

/**
 * Limits of a tree: each is one number for all elements, or a tree of the same structure, in which a number may also
 * stand for all elements below it.
 */
export type TreeBounds = readonly [lower: unknown, upper: unknown];

/** Options of a function of a tree. */
export interface TreeOptions<V = never> {
  /** Makes numbers of values of another library, such as tensors, and back. */
  adapter?: Adapter<V> | undefined;
  /** Limits of x: f is never evaluated outside of [lower, upper]. */
  bounds?: TreeBounds | undefined;
}
