import type { Expression } from "../calculus/expression.js";
import { errorOf, expectedErrors, KINDS, PRECISIONS, STEPS } from "../calculus/quotients.js";
import { draw, pathOf, scale } from "../elements.js";
import { formatNumber, powerOfTen } from "../numbers.js";
import type { Strings } from "../strings/strings.js";
import { AREA, drawGrid, drawKey } from "./plot.js";

/** What is drawn: a function, the point, and the difference that is marked. */
interface Shown {
  readonly f: Expression;
  readonly x: number;
  readonly h: number;
  /** Another h, which is pointed at. */
  readonly pointed?: number | undefined;
  /** Whether only the truncation error is shown: float64, down to an h whose rounding error is still small. */
  readonly isTruncation?: boolean | undefined;
}

type Words = Strings["differences"];

/** Exponents of the axis of errors. */
const ERRORS = [-17, 1] as const;

/** The least h at which rounding does not show, for a function with values near 1. */
const LEAST = 1e-4;

/** The places of h and of an error of an exponent in the picture. */
const placeOfH = scale([-17, 0], [AREA.left, AREA.right]);
const placeOf = scale(ERRORS, [AREA.bottom, AREA.top]);

/** Draws the errors of the quotients over h, and what theory says about them. */
export function drawErrors(svg: SVGSVGElement, { f, x, h, pointed, isTruncation }: Shown, words: Words): void {
  svg.replaceChildren();
  const px = (step: number) => placeOfH(Math.log10(step));
  // An error of 0 has no logarithm. It stands on the axis.
  const py = (error: number) => placeOf(Math.max(ERRORS[0], Math.min(ERRORS[1], Math.log10(error))));
  drawGrid(
    svg,
    [-16, -12, -8, -4, 0].map((exponent) => [placeOfH(exponent), powerOfTen(exponent)]),
    [-16, -12, -8, -4, 0].map((exponent) => [placeOf(exponent), powerOfTen(exponent)]),
  );
  draw(svg, "text", { x: AREA.right, y: AREA.bottom + 32, "text-anchor": "end" }, "h");
  draw(svg, "path", { class: "now", d: `M${px(h)},${AREA.top}V${AREA.bottom}` });
  if (pointed) draw(svg, "path", { class: "pointed-at", d: `M${px(pointed)},${AREA.top}V${AREA.bottom}` });
  const steps = STEPS.filter((step) => !isTruncation || step >= LEAST);
  const precisions = PRECISIONS.filter((precision) => !isTruncation || precision === "float64");
  const series = KINDS.flatMap((kind) => precisions.map((precision) => ({ kind, precision })));
  for (const { kind, precision } of series) {
    const points = steps.map((step) => [px(step), py(errorOf(f, x, step, kind, precision))] as const);
    draw(svg, "path", { class: `line ${kind} ${precision}`, d: pathOf(points) });
    const cy = py(errorOf(f, x, h, kind, precision));
    const r = precision === "float64" ? 5 : 3.5;
    if (Number.isFinite(cy)) draw(svg, "circle", { class: `dot ${kind}`, cx: px(h), cy, r });
  }
  const expected = (exponent: number) => expectedErrors(f, x, 10 ** exponent, "float64");
  drawSlope(svg, `${words.truncation} ∝ h²`, [0, -4.6], (exponent) => expected(exponent).truncation);
  if (!isTruncation) {
    drawSlope(svg, `${words.rounding} ∝ 1/h`, [-7, -15], (exponent) => expected(exponent).rounding);
  }
  drawKey(
    svg,
    AREA.bottom - 84,
    series.map(({ kind, precision }) => [`${kind} ${precision}`, `${words[kind]}, ${precision}`]),
  );
}

/** The errors at a difference step, in words. */
export function errorsAt(h: number, { f, x }: Pick<Shown, "f" | "x">, words: Words): string {
  const errors = PRECISIONS.map((precision) => {
    const of = KINDS.map((kind) => `${words[kind]} ${formatNumber(errorOf(f, x, h, kind, precision), 2)}`);
    return `${precision}: ${of.join(", ")}`;
  });
  return `h = ${formatNumber(h, 2)}. ${errors.join("; ")}`.replaceAll(" × ", "\u00a0×\u00a0");
}

/** Draws an expected error between two exponents of h, where it is a straight line, with its name. */
function drawSlope(
  svg: SVGSVGElement,
  name: string,
  exponents: readonly [number, number],
  error: (exponent: number) => number,
): void {
  const [from, to] = exponents.map((exponent) => Math.log10(error(exponent))) as [number, number];
  if (!Number.isFinite(from + to)) return;
  // The part of the line whose errors are on the axis.
  const within = ERRORS.map((edge) => (edge - from) / (to - from)).sort((a, b) => a - b);
  const [first, last] = [Math.max(0, within[0]!), Math.min(1, within[1]!)];
  if (first >= last) return;
  const at = (part: number) => ({
    x: placeOfH(exponents[0] + part * (exponents[1] - exponents[0])),
    y: placeOf(from + part * (to - from)),
  });
  const [{ x: x1, y: y1 }, { x: x2, y: y2 }] = [at(first), at(last)];
  draw(svg, "path", { class: "guide", d: pathOf([[x1, y1], [x2, y2]]) }); // biome-ignore format: two points
  const place = { x: (x1 + x2) / 2, y: Math.max(y1, y2) - 2 };
  draw(svg, "text", { class: "guide-text", ...place, "text-anchor": "middle" }, name);
}
