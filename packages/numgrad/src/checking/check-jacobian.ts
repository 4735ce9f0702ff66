import { checkFunction } from "../arguments.js";
import { Direction } from "../derivatives/direction.js";
import { lineAlong } from "../derivatives/directional-derivative.js";
import { moveBack } from "../derivatives/probe.js";
import { done } from "../derivatives/work.js";
import { numbersLike } from "../differences/numbers-like.js";
import type { AsFloats, GradientAt, Point, PointLike } from "../differences/point.js";
import type { TreePoint } from "../differences/tree-point.js";
import type { AnyLimits, AnySettings } from "../differences/tree-stencil.js";
import type { GradientTree, ReceivedTree, Tree } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, describe } from "../errors.js";
import type { Vector } from "../shape.js";
import {
  type AnyCheckOptions,
  type CheckGradientOptions,
  type CheckTreeOptions,
  type GradientLike,
  type GradientTreeLike,
  isSingle,
  prepare,
} from "./check-gradient.js";
import {
  type ClaimedMatrix,
  callAt,
  callWithVector,
  leftClaim,
  type MatrixLike,
  matrixClaim,
  readResult,
  rightClaim,
} from "./claimed-matrix.js";
import { Comparison } from "./comparison.js";
import { Elements } from "./elements.js";
import type { GradientReport } from "./gradient-report.js";
import { type Judgement, judge } from "./judgement.js";
import { OutputProbe, Outputs } from "./outputs.js";
import { type Pair, Pairs } from "./pairs.js";
import { Tolerance } from "./tolerance.js";

/** A product with a Jacobian J, as libraries for automatic differentiation have it. */
export type JacobianProducts<Received, V, Result> =
  | {
      /** uᵀJ for one number u per output: the gradient of x ↦ Σ uₖ fₖ(x). */
      vjp: (x: Received, u: Float64Array) => Result;
    }
  | {
      /** J v for a v in the shape of a gradient: the derivatives of all outputs along v. */
      jvp: (x: Received, v: V) => Vector;
    };

/** A Jacobian to be checked: a Matrix or its rows, a function of x that returns one, or a product with it. */
export type JacobianLike<Received, V, Result> =
  | MatrixLike
  | ((x: Received) => MatrixLike)
  | JacobianProducts<Received, V, Result>;

/**
 * Compares a Jacobian, or a product with one, with difference quotients of f, and reports where they differ most. The
 * verdicts and tolerances are those of `checkGradient`: each row is the gradient of an output, with the rounding of this
 * output.
 *
 * The Jacobian may be given by its products with vectors, as `{ vjp }` or `{ jvp }`. They are called with unit vectors,
 * once for each row or column. So every element is compared, and a transposed or asymmetric matrix shows.
 *
 * The quotients of all outputs come from the same evaluations of f: 4 for each element of x, and about 25 more where an
 * element is wrong, or f is not smooth. If x has more than 1,000 elements, or with the option `directions`, sums uᵀJv with
 * random signs are compared instead, two for each direction, with about 25 evaluations for each sum.
 *
 * @param f Returns an array of m numbers, with the same m each time. It is also called three times at x.
 * @param jacobian A Matrix of shape [m, n], its m rows, a function of x that returns either, `{ vjp }` or `{ jvp }`.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param options.directions The number of directions; `false` compares every element.
 * @returns A report, in which elements are named as `f[2] by x[3]`. A Jacobian that is wrong or NaN is not an error.
 * @throws {ArgumentError} as `checkGradient`.
 * @throws {FunctionError} as `checkGradient`.
 * @example
 * ```ts
 * const polar = (x: Float64Array) => [x[0]! * Math.cos(x[1]!), x[0]! * Math.sin(x[1]!)];
 * const right = (x: Float64Array) => [
 *   [Math.cos(x[1]!), -x[0]! * Math.sin(x[1]!)],
 *   [Math.sin(x[1]!), x[0]! * Math.cos(x[1]!)],
 * ];
 * checkJacobian(polar, right, [2, 0.5]).ok; // true
 * const jvp = (x: Float64Array, v: Float64Array) => right(x).map((row) => row[0]! * v[0]! + row[1]! * v[1]!);
 * checkJacobian(polar, { jvp }, [2, 0.5]).ok; // true
 * checkJacobian(polar, { vjp: jvp }, [2, 0.5]).verdict; // "wrong": J is not symmetric
 * ```
 */
export function checkJacobian<X extends PointLike>(
  f: (x: AsFloats<X>) => Vector,
  jacobian: JacobianLike<AsFloats<X>, GradientAt<X>, GradientLike<X>>,
  x: X,
  options?: CheckGradientOptions,
): GradientReport;
/**
 * Compares the Jacobian of a function of a tree. The columns of a Matrix are in the order of the tree; `vjp` returns a tree
 * as a gradient is, and `jvp` receives one. The report names elements as `f[2] by layers[0].w[3, 17]`.
 *
 * @param options.adapter For values of another library. u and the result of `jvp` are arrays of numbers in any case.
 * @throws {ArgumentError} as `checkGradient` for a tree.
 * @example
 * ```ts
 * const f = ({ r, t }: { r: number; t: number }) => [r * t, r ** 2];
 * const vjp = ({ r, t }: { r: number; t: number }, u: Float64Array) => ({ r: u[0]! * t + u[1]! * 2 * r, t: u[0]! * r });
 * checkJacobian(f, { vjp }, { r: 2, t: 0.5 }).ok; // true
 * ```
 */
export function checkJacobian<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => Vector | NoInfer<V>,
  jacobian: JacobianLike<ReceivedTree<X, NoInfer<V>>, GradientTree<X, NoInfer<V>>, GradientTreeLike<X, NoInfer<V>>>,
  x: X & Tree<X, NoInfer<V>>,
  options?: CheckTreeOptions<V>,
): GradientReport;
export function checkJacobian(
  f: (x: never) => unknown,
  jacobian: unknown,
  x: unknown,
  options: AnyCheckOptions = {},
): GradientReport {
  checkKind(jacobian);
  const { point, settings, limits, directions, ...check } = prepare(f, x, options, { asFloat64: true });
  const n = point.elements.length;
  const outputs = new Outputs(check.f, point);
  try {
    new Watch(options, n).check(0);
    outputs.checkHere();
    outputs.checkHere();
    const claim = claimOf(jacobian, point, outputs.here.length);
    const work = { outputs, claim, settings, limits, options };
    const comparison = directions === false ? compareElements(work) : compareSums(work, directions);
    outputs.checkHere();
    point.checkUnchanged();
    return comparison.report({ name: "Jacobian", size: outputs.here.length * n });
  } catch (error) {
    point.restore();
    throw point.named(error);
  }
}

/** What a Jacobian is compared by. */
interface Work {
  readonly outputs: Outputs;
  readonly claim: ClaimedMatrix;
  readonly settings: AnySettings;
  readonly limits: AnyLimits | undefined;
  readonly options: AnyCheckOptions;
}

function compareElements({ outputs, claim, settings, limits, options }: Work): Comparison {
  const { point, here } = outputs;
  const n = point.elements.length;
  const dense = claim.dense();
  const rows = Array.from(here, (_, k) => {
    const got = dense.subarray(k * n, (k + 1) * n);
    const probe = new OutputProbe(outputs, k);
    const tolerance = new Tolerance(options, got, point.single || probe.type.isSingle || isSingle(got));
    return { got, tolerance, elements: new Elements({ probe, settings, limits, tolerance, got }) };
  });
  const comparison = new Comparison(new OutputProbe(outputs, 0), rows[0]!.tolerance, false);
  const watch = new Watch(options, n);
  for (let i = 0; i < n; i++) {
    for (const [k, { got, elements }] of rows.entries()) {
      comparison.addNamed(k * n + i, got[i]!, done(elements.compare(i)), `f[${k}] by ${point.label(i)}`, i);
    }
    watch.check(i + 1);
  }
  return comparison;
}

function compareSums({ outputs, claim, options }: Work, count: number | undefined): Comparison {
  const { point, here } = outputs;
  const single = point.single || new OutputProbe(outputs, new Float64Array(here.length).fill(1)).type.isSingle;
  const tolerance = new Tolerance(options, new Float64Array(), single);
  const comparison = new Comparison(new OutputProbe(outputs, 0), tolerance, true);
  // An output counts in units of its size.
  const uScale = here.map((output) => 1 / (Math.abs(output) || 1));
  const pairs = new Pairs({ claim, tolerance, comparison, options, uScale, point });
  pairs.compareAll(count, ({ u, v, claimed }: Pair) => {
    const direction = Direction.along(point, v);
    if (!direction) throw new ArgumentError("x", "elements that can move", "none");
    const probe = new OutputProbe(outputs, u);
    const { factor } = direction;
    const scaled = {
      ...claimed,
      got: claimed.got / factor,
      allowed: (expected: number, error: number) => claimed.allowed(expected * factor, error * factor) / factor,
      isVague: (error: number, expected: number) => claimed.isVague(error * factor, expected * factor),
    };
    for (const i of direction.indices) point.checkUnmoved(i);
    const judgement = done(
      judge((method) => ({ ...lineAlong(probe, direction, undefined), method }), "central", scaled),
    );
    moveBack(point, direction.indices);
    if (!judgement) throw probe.failure() ?? new ArgumentError("options.directions", "room for a step at x", "none");
    return rescaled(judgement, factor);
  });
  return comparison;
}

/** A judgement in units of a vector that is longer than the direction by this factor. */
function rescaled({ left, right, ...judgement }: Judgement, factor: number): Judgement {
  const sides = left === undefined || right === undefined ? {} : { left: left * factor, right: right * factor };
  return { ...judgement, ...sides, expected: judgement.expected * factor, error: judgement.error * factor };
}

/** @throws {ArgumentError} if a Jacobian is of no kind that can be checked. */
function checkKind(jacobian: unknown): void {
  if (typeof jacobian === "function") return;
  const expected = "a Matrix, its rows, a function of x, { vjp } or { jvp }";
  if (typeof jacobian !== "object" || jacobian === null)
    throw new ArgumentError("jacobian", expected, describe(jacobian));
  const { vjp, jvp } = jacobian as { vjp?: unknown; jvp?: unknown };
  if (vjp !== undefined && jvp !== undefined) throw new ArgumentError("jacobian", expected, "{ vjp, jvp }");
  if (vjp !== undefined) checkFunction("jacobian.vjp", vjp);
  if (jvp !== undefined) checkFunction("jacobian.jvp", jvp);
}

function claimOf(jacobian: unknown, point: Point | TreePoint, m: number): ClaimedMatrix {
  const shape = [m, point.elements.length] as const;
  if (typeof jacobian === "function") {
    const call = jacobian as (x: unknown) => unknown;
    return callAt("jacobian", point, call, (value) => matrixClaim("jacobian", value, shape));
  }
  const { vjp, jvp } = jacobian as {
    vjp?: (x: unknown, u: unknown) => unknown;
    jvp?: (x: unknown, v: unknown) => unknown;
  };
  if (vjp) {
    const read = (value: unknown) => numbersLike("the result of jacobian.vjp", value, point, true);
    return leftClaim((u) => callAt("jacobian.vjp", point, (x) => vjp(x, u.slice()), read), shape);
  }
  if (!jvp) return matrixClaim("jacobian", jacobian, shape);
  const read = (value: unknown) => readResult("the result of jacobian.jvp", value, m);
  return rightClaim((v) => callWithVector("jacobian.jvp", point, jvp, { v, read }), shape);
}
