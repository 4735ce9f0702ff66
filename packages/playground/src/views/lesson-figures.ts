// The pictures of the lesson: those of the parts, at the values of a question.
import { type Expression, parseExpression } from "../calculus/expression.js";
import { contours, descend, SURFACES } from "../calculus/surfaces.js";
import { draw, pathOf, scale } from "../elements.js";
import type { StopName } from "../strings/lesson/lesson.js";
import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";
import { drawCurve } from "./curve-plot.js";
import { drawErrors } from "./error-plot.js";
import { AREA, addArea, addPlot, drawKey } from "./plot.js";

const RATES = [0.01, 0.9, 1.05];

/** Steps of a path that diverges, as far as it is drawn: more would be one grey area. */
const STEPS = 18;

/** Adds the picture of a stop to its article, if it has one. */
export function drawLessonFigure(article: Element, name: StopName, texts: Texts): void {
  const f = parseExpression("sin(x)");
  const figure = figureOf(name, f);
  if (!figure) return;
  const svg = addPlot(article);
  // The picture of the first question belongs to the question, the others to the answers.
  if (name !== "secant") svg.classList.add("reveals");
  texts.name(svg, "aria-label", figure.name);
  texts.follow(() => figure.draw(svg, texts.strings));
}

interface Figure {
  name(strings: Strings): string;
  draw(svg: SVGSVGElement, strings: Strings): void;
}

function figureOf(name: StopName, f: Expression): Figure | undefined {
  const errors = (h: number, isTruncation: boolean): Figure => ({
    name: ({ differences }) => differences.errorPlot,
    draw: (svg, { differences }) => drawErrors(svg, { f, x: 1, h, isTruncation }, differences),
  });
  // What rounding does is asked by the question after this one.
  if (name === "order") return errors(1e-2, true);
  if (name === "rounding") return errors(1e-12, false);
  if (name === "rate") return { name: ({ descent }) => descent.map, draw: drawRoutes };
  if (name !== "secant") return undefined;
  return {
    name: ({ differences }) => differences.plot,
    draw: (svg, { differences }) => drawCurve(svg, { f, x: 1, h: 1 }, differences),
  };
}

/** Draws the elongated bowl, with a path for each learning rate. */
function drawRoutes(svg: SVGSVGElement, { descent }: Strings): void {
  svg.replaceChildren();
  const surface = SURFACES.valley;
  const [px, py] = [scale(surface.x, [AREA.left, AREA.right]), scale(surface.y, [AREA.bottom, AREA.top])];
  const inside = addArea(svg);
  for (const pieces of contours(surface, 10, 48)) {
    const d = pieces.map((ends) => pathOf(ends.map(([a, b]) => [px(a), py(b)] as const))).join("");
    draw(inside, "path", { class: "contour", d });
  }
  const routes = RATES.map((rate, i) => ({ rate, name: `route c${i}`, ...descend(surface, surface.start, rate) }));
  // The shortest path is drawn last, because it lies where the others begin.
  for (const { name, points, outcome } of [...routes].reverse()) {
    const shown = outcome === "diverged" ? points.slice(0, STEPS) : points;
    draw(inside, "path", { class: `line ${name}`, d: pathOf(shown.map(([a, b]) => [px(a), py(b)] as const)) });
  }
  const key = routes.map(({ rate, name, outcome }) => [name, `η = ${rate}: ${descent.outcomes[outcome]}`] as const);
  drawKey(svg, AREA.bottom - 62, key);
}
