// Difference quotients of a function in two precisions, and how far they are from the derivative.
import type { Expression } from "./expression.js";

export type Precision = "float64" | "float32";
export type Kind = "forward" | "central";

export const KINDS: readonly Kind[] = ["central", "forward"];
export const PRECISIONS: readonly Precision[] = ["float64", "float32"];

const ROUND: Readonly<Record<Precision, (value: number) => number>> = {
  float64: (value) => value,
  float32: Math.fround,
};

/** Half the distance of two neighbouring numbers near 1: the relative error of one rounding. */
const UNIT: Readonly<Record<Precision, number>> = { float64: 2 ** -53, float32: 2 ** -24 };

/** The values of h on the slider: from 1e-17 to 1, eight to a decade. */
export const STEPS: readonly number[] = Array.from({ length: 137 }, (_, i) => {
  const exponent = i / 8 - 17;
  return Number.isInteger(exponent) ? Number(`1e${exponent}`) : Number((10 ** exponent).toPrecision(3));
});

/** The index in `STEPS` that is nearest to a place between them, or beyond their ends. */
export function nearestStep(place: number): number {
  return Math.min(STEPS.length - 1, Math.max(0, Math.round(place)));
}

/** (f(x + h) − f(x)) / h or (f(x + h) − f(x − h)) / 2h, with each operation rounded to the precision. */
export function quotientOf(f: Expression, x: number, h: number, kind: Kind, precision: Precision): number {
  const round = ROUND[precision];
  const [at, step] = [round(x), round(h)];
  const above = f.value(round(at + step), round);
  if (kind === "forward") return round(round(above - f.value(at, round)) / step);
  return round(round(above - f.value(round(at - step), round)) / round(2 * step));
}

/** The distance of a quotient from the derivative. Rounding x to the precision is no error of the quotient. */
export function errorOf(f: Expression, x: number, h: number, kind: Kind, precision: Precision): number {
  return Math.abs(quotientOf(f, x, h, kind, precision) - f.slope(ROUND[precision](x)));
}

/**
 * What theory says about the error of the central difference: the first truncated term of Taylor's series, and the
 * rounding of f. The truncated term is 0 if the third derivative is 0 as far as can be told, as that of a parabola.
 */
export function expectedErrors(f: Expression, x: number, h: number, precision: Precision) {
  const d = 1e-3 * Math.max(1, Math.abs(x));
  const [below, at, above] = [f.slope(x - d), f.slope(x), f.slope(x + d)];
  const change = above - 2 * at + below;
  const noise = 8 * UNIT.float64 * (Math.abs(above) + 2 * Math.abs(at) + Math.abs(below));
  const third = Math.abs(change) > noise ? change / (d * d) : 0;
  const truncation = (Math.abs(third) * h * h) / 6;
  const rounding = (UNIT[precision] * Math.abs(f.value(x, ROUND.float64))) / h;
  return { truncation, rounding };
}

/**
 * Which error of the central difference is the larger one; `"lost"` if x + h is x, and `"exact"` if no truncation error
 * is to be expected.
 */
export function regimeOf(f: Expression, x: number, h: number, precision: Precision) {
  const round = ROUND[precision];
  if (round(round(x) + round(h)) === round(x)) return "lost";
  const { truncation, rounding } = expectedErrors(f, x, h, precision);
  if (truncation === 0) return "exact";
  if (truncation > 10 * rounding) return "truncation";
  return rounding > 10 * truncation ? "rounding" : "balance";
}
