import { checkFunction, checkOptions } from "../arguments.js";
import { alongAxis } from "../derivatives/along-axis.js";
import { Curvature } from "../derivatives/curvature.js";
import { Direction } from "../derivatives/direction.js";
import { Probe } from "../derivatives/probe.js";
import { done } from "../derivatives/work.js";
import { checkWatchOptions, WATCH_OPTIONS, type WatchOptions } from "../differences/difference-options.js";
import { numbersLike } from "../differences/numbers-like.js";
import type { GradientAt, MovablePoint, Point, PointLike, Received } from "../differences/point.js";
import { pointOf, type TreePoint } from "../differences/tree-point.js";
import type { GradientTree, ReceivedTree, Tree, TreeOptions } from "../differences/tree-types.js";
import { Watch } from "../differences/watch.js";
import { ArgumentError, describe } from "../errors.js";
import { chooseDirections, type GradientLike, type GradientTreeLike, isSingle } from "./check-gradient.js";
import {
  type ClaimedMatrix,
  callAt,
  callWithVector,
  type MatrixLike,
  matrixClaim,
  rightClaim,
} from "./claimed-matrix.js";
import { Comparison } from "./comparison.js";
import type { GradientReport } from "./gradient-report.js";
import { type Claimed, type Judgement, judge } from "./judgement.js";
import { type Pair, Pairs } from "./pairs.js";
import { type GivenTolerance, Tolerance } from "./tolerance.js";

/** How a Hessian is checked. */
export interface CheckHessianOptions<V = never> extends WatchOptions, GivenTolerance {
  /**
   * Number of directions to compare; `false` compares every element. Default: every element if x has at most 30 of them,
   * else four directions.
   */
  directions?: number | false | undefined;
  /** Seed of the random directions. Default 0. */
  seed?: number | undefined;
  /** Makes numbers of values of another library, such as tensors, and back. */
  adapter?: TreeOptions<V>["adapter"];
}

/** A Hessian to be checked: a Matrix or its rows, a function of x that returns one, or the product with a vector. */
export type HessianLike<Received, V, Result> =
  | MatrixLike
  | ((x: Received) => MatrixLike)
  | {
      /** H v for a v in the shape of a gradient. */
      hvp: (x: Received, v: V) => Result;
    };

/** The options before they are checked. */
interface AnyOptions extends WatchOptions, GivenTolerance {
  directions?: number | false | undefined;
  seed?: number | undefined;
  adapter?: unknown;
}

/** The largest number of elements of x for which each element of the Hessian is compared by default. */
const MOST_ELEMENTS = 30;

/** Two elements that differ by less than this part of themselves are taken for the same one that is rounded. */
const SAME = 1e-12;

/**
 * Compares a Hessian, or its product with vectors, with second difference quotients of f, and reports where they differ
 * most. The verdicts and tolerances are those of `checkGradient`. The quotients are those of `hessian`. At a kink of the
 * gradient, as that of max(0, x)² at 0, a Hessian between the curvatures on both sides is a `"kink"`.
 *
 * The Hessian may be given by its product with a vector, as `{ hvp }`. It is called with unit vectors, once for each
 * column. Both the elements above the diagonal and those below are compared, so that an asymmetric matrix shows.
 *
 * Every element of the upper triangle needs about 60 evaluations of f; where f is not smooth, 200. If x has more than 30
 * elements, or with the option `directions`, sums vᵀHw with random signs are compared instead, two for each direction.
 *
 * @param f The function. It is also called three times at x, and must return the same value.
 * @param hessian A Matrix of shape [n, n], its rows, a function of x that returns either, or `{ hvp }`.
 * @param x n numbers: an array, a Float64Array, a Float32Array, or a Matrix of either.
 * @param options.atol Absolute tolerance, as in `checkGradient`.
 * @param options.rtol Relative tolerance, as in `checkGradient`.
 * @returns A report, in which elements are named as `x[2], x[3]`. A Hessian that is wrong or NaN is not an error.
 * @throws {ArgumentError} as `checkGradient`.
 * @throws {FunctionError} as `checkGradient`.
 * @example
 * ```ts
 * const f = (x: number[]) => x[0]! ** 2 * x[1]!;
 * checkHessian(f, [[10, 6], [6, 0]], [3, 5]).ok; // true
 * checkHessian(f, [[10, 6], [5, 0]], [3, 5]).worst[0]!.name; // "x[1], x[0]"
 * const hvp = (x: number[], v: Float64Array) => [2 * x[1]! * v[0]! + 2 * x[0]! * v[1]!, 2 * x[0]! * v[0]!];
 * checkHessian(f, { hvp }, [3, 5]).ok; // true
 * ```
 */
export function checkHessian<X extends PointLike>(
  f: (x: Received<X>) => number,
  hessian: HessianLike<Received<X>, GradientAt<X>, GradientLike<X>>,
  x: X,
  options?: CheckHessianOptions,
): GradientReport;
/**
 * Compares the Hessian of a function of a tree. Rows and columns are in the order of the tree, as in `hessian`; `hvp`
 * receives a tree as a gradient is, and returns one.
 *
 * @param options.adapter For values of another library.
 * @throws {ArgumentError} as `checkGradient` for a tree.
 * @example
 * ```ts
 * const f = ({ a, b }: { a: number; b: number }) => a ** 2 * b;
 * checkHessian(f, [[10, 6], [6, 0]], { a: 3, b: 5 }).ok; // true
 * ```
 */
export function checkHessian<X, V = never>(
  f: (x: ReceivedTree<X, NoInfer<V>>) => number | NoInfer<V>,
  hessian: HessianLike<ReceivedTree<X, NoInfer<V>>, GradientTree<X, NoInfer<V>>, GradientTreeLike<X, NoInfer<V>>>,
  x: X & Tree<X, NoInfer<V>>,
  options?: CheckHessianOptions<V>,
): GradientReport;
export function checkHessian(
  f: (x: never) => unknown,
  hessian: unknown,
  x: unknown,
  options: AnyOptions = {},
): GradientReport {
  checkFunction("f", f);
  checkOptions(options, ["atol", "rtol", "directions", "seed", "adapter", ...WATCH_OPTIONS]);
  checkWatchOptions(options);
  checkKind(hessian);
  const point = pointOf(x, options.adapter);
  const n = point.elements.length;
  const directions = chooseDirections(options, { method: "central", bounds: undefined }, n, MOST_ELEMENTS);
  new Tolerance(options, new Float64Array(), false);
  const given = typeof hessian === "function" ? undefined : claimOf(hessian, point);
  const probe = new Probe(f as (x: unknown) => unknown, point, "checkHessian takes no async f");
  try {
    new Watch(options, n).check(0);
    done(probe.checkHere());
    done(probe.checkHere());
    const claim = given ?? claimOf(hessian, point);
    const comparison =
      directions === false
        ? compareElements(probe, claim, options)
        : compareSums(probe, claim, { options, count: directions });
    done(probe.checkHere());
    point.checkUnchanged();
    return comparison.report({ name: "Hessian", size: n * n });
  } catch (error) {
    point.restore();
    throw point.named(error);
  }
}

function compareElements(probe: Probe, claim: ClaimedMatrix, options: AnyOptions): Comparison {
  const { point } = probe;
  const n = point.elements.length;
  const dense = claim.dense();
  const tolerance = new Tolerance(options, dense, point.single || probe.type.isSingle || isSingle(dense));
  const comparison = new Comparison(probe, tolerance, false);
  const watch = new Watch(options, (n * (n + 1)) / 2);
  const axes = Array.from({ length: n }, (_, i) => Direction.axis(point, i, alongAxis(probe, i).unit));
  let compared = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const curvature = new Curvature(probe, { v: axes[i]!, w: i === j ? undefined : axes[j]!, isLocal: true });
      const judged = (got: number) =>
        judgeCurvature(probe, curvature, {
          got,
          allowed: (expected, error) => tolerance.ofElement(expected, got, error),
          isVague: (error, expected) => tolerance.isVague(error, expected, got),
        });
      const [above, below] = [dense[i * n + j]!, dense[j * n + i]!];
      const judgement = judged(above);
      comparison.addNamed(i * n + j, above, judgement, nameOf(point, i, j), i);
      if (i !== j) {
        const isSame = Math.abs(below - above) <= SAME * Math.abs(above);
        comparison.addNamed(j * n + i, below, isSame ? judgement : judged(below), nameOf(point, j, i), j);
      }
      watch.check(++compared);
    }
  }
  return comparison;
}

function compareSums(
  probe: Probe,
  claim: ClaimedMatrix,
  { options, count }: { options: AnyOptions; count: number | undefined },
): Comparison {
  const { point } = probe;
  const tolerance = new Tolerance(options, new Float64Array(), point.single || probe.type.isSingle);
  const comparison = new Comparison(probe, tolerance, true);
  const uScale = point.elements.map((x) => Math.max(1, Math.abs(x)));
  const pairs = new Pairs({ claim, tolerance, comparison, options, uScale, point });
  pairs.compareAll(count, ({ u, v, claimed }: Pair) => {
    const [one, other] = [Direction.along(point, v), Direction.along(point, u)];
    if (!one || !other) throw new ArgumentError("x", "elements that can move", "none");
    return judgeCurvature(probe, new Curvature(probe, { v: one, w: other, isLocal: true }), claimed);
  });
  return comparison;
}

/** @throws {FunctionError} if f is finite for no step. */
function judgeCurvature(probe: Probe, curvature: Curvature, claimed: Claimed): Judgement {
  curvature.checkUnmoved();
  const judgement = done(judge((method) => curvature.line(method), "central", claimed));
  curvature.moveBack();
  if (judgement) return judgement;
  throw probe.failure() ?? new ArgumentError("x", "room for a step", "none");
}

function nameOf(point: MovablePoint, i: number, j: number): string {
  return `${point.label(i)}, ${point.label(j)}`;
}

/** @throws {ArgumentError} if a Hessian is of no kind that can be checked. */
function checkKind(hessian: unknown): void {
  if (typeof hessian === "function") return;
  const expected = "a Matrix, its rows, a function of x, or { hvp }";
  if (typeof hessian !== "object" || hessian === null) throw new ArgumentError("hessian", expected, describe(hessian));
  const { hvp } = hessian as { hvp?: unknown };
  if (hvp !== undefined) checkFunction("hessian.hvp", hvp);
}

function claimOf(hessian: unknown, point: Point | TreePoint): ClaimedMatrix {
  const n = point.elements.length;
  const shape = [n, n] as const;
  if (typeof hessian === "function") {
    const call = hessian as (x: unknown) => unknown;
    return callAt("hessian", point, call, (value) => matrixClaim("hessian", value, shape));
  }
  const { hvp } = hessian as { hvp?: (x: unknown, v: unknown) => unknown };
  if (!hvp) return matrixClaim("hessian", hessian, shape);
  const read = (value: unknown) => numbersLike("the result of hessian.hvp", value, point, true);
  return rightClaim((v) => callWithVector("hessian.hvp", point, hvp, { v, read }), shape);
}
