import type { Expression } from "../calculus/expression.js";
import { quotientOf } from "../calculus/quotients.js";
import { draw, pathOf, scale } from "../elements.js";
import { formatNumber } from "../numbers.js";
import type { Strings } from "../strings/strings.js";
import { DOMAIN } from "./differences-controls.js";
import { AREA, addArea, drawGrid, drawKey } from "./plot.js";

const POINTS = 201;

/** What is drawn: a function, the point, and the difference. */
interface Shown {
  readonly f: Expression;
  readonly x: number;
  readonly h: number;
}

/** Draws the function with its tangent and its secants. */
export function drawCurve(svg: SVGSVGElement, { f, x, h }: Shown, words: Strings["differences"]): void {
  svg.replaceChildren();
  const valueAt = (at: number) => f.value(at, (v) => v);
  const places = Array.from({ length: POINTS }, (_, i) => scale([0, POINTS - 1], DOMAIN)(i));
  const values = places.map(valueAt);
  const seen = [...values, valueAt(x)].filter(Number.isFinite);
  // A function without any value, such as sqrt(-1 - x^2), has an empty picture with axes.
  const [low, high] = seen.length > 0 ? [Math.min(...seen), Math.max(...seen)] : [-1, 1];
  const room = 0.08 * (high - low) || 1;
  const px = scale(DOMAIN, [AREA.left, AREA.right]);
  const py = scale([low - room, high + room], [AREA.bottom, AREA.top]);
  drawGrid(
    svg,
    [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((tick) => [px(tick), String(tick).replace("-", "−")]),
    [low, (low + high) / 2, high].map((tick) => [py(tick), formatNumber(tick, 3)]),
  );
  const lines = addArea(svg);
  const drawLine = (name: string, at: number, slope: number) => {
    const ends = DOMAIN.map((end) => [px(end), py(valueAt(at) + slope * (end - at))] as const);
    draw(lines, "path", { class: `line ${name}`, d: pathOf(ends) });
  };
  const drawDot = (name: string, at: number, r: number) => {
    const cy = py(valueAt(at));
    if (Number.isFinite(cy)) draw(lines, "circle", { class: `dot ${name}`, cx: px(at), cy, r });
  };
  draw(lines, "path", { class: "line function", d: pathOf(places.map((at, i) => [px(at), py(values[i]!)])) });
  drawLine("tangent", x, f.slope(x));
  drawLine("forward", x, quotientOf(f, x, h, "forward", "float64"));
  drawLine("central", x - h, quotientOf(f, x, h, "central", "float64"));
  drawDot("central", x - h, 4.5);
  drawDot("central", x + h, 4.5);
  drawDot("handle", x, 8);
  drawKey(
    svg,
    AREA.top,
    (["tangent", "central", "forward"] as const).map((name) => [name, words[name]]),
  );
}
