// The part about differences: a function with its tangent and secants, and below it the error of the quotients over h.
import {
  errorOf,
  expectedErrors,
  type Kind,
  type Precision,
  quotientOf,
  regimeOf,
  STEPS,
} from "../calculus/quotients.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { DifferencesControls, DOMAIN } from "./differences-controls.js";
import { add, draw, formatNumber, pathOf, powerOfTen, scale } from "./elements.js";

const WIDTH = 560;
const HEIGHT = 330;
const MARGIN = { top: 12, right: 14, bottom: 34, left: 54 };
const RIGHT = WIDTH - MARGIN.right;
const BOTTOM = HEIGHT - MARGIN.bottom;

/** Exponents of the axis of errors. */
const ERRORS = [-17, 1] as const;

const KINDS: readonly Kind[] = ["central", "forward"];
const PRECISIONS: readonly Precision[] = ["float64", "float32"];

/** Fills the section with the part about differences. */
export function showDifferences(section: Element, state: UrlState, texts: Texts): void {
  const words = () => texts.strings.differences;
  texts.show(add(section, "h2", { id: "differences-title" }), ({ differences }) => differences.title);
  texts.show(add(section, "p", { class: "intro" }), ({ differences }) => differences.intro);
  texts.show(add(section, "p", { class: "task" }), ({ differences }) => differences.task);
  const controls = new DifferencesControls(section, state, texts, () => redraw());
  const plots = add(section, "div", { class: "plots" });
  const [curve, errors] = [addPlot(plots), addPlot(plots)];
  texts.name(curve, "aria-label", ({ differences }) => differences.plot);
  texts.name(errors, "aria-label", ({ differences }) => differences.errorPlot);
  const regime = add(section, "p", { class: "regime", role: "status" });
  const table = add(add(section, "div", { class: "scroll" }), "table");

  const fromX = scale([MARGIN.left, RIGHT], DOMAIN);
  const fromH = scale([MARGIN.left, RIGHT], [STEPS.length - 1, 0]);
  follow(curve, (x) => controls.moveTo(fromX(x)));
  follow(errors, (x) => controls.takeStep(fromH(x)));

  let isPlanned = false;
  /** Many events of one frame lead to one drawing. */
  const redraw = () => {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      show();
    });
  };
  const show = () => {
    const { f, x, h } = controls;
    drawCurve(curve, controls, texts);
    drawErrors(errors, controls, texts);
    const isDefined = Number.isFinite(f.value(x, (v) => v)) && Number.isFinite(f.slope(x));
    const said = isDefined ? words().regimes[regimeOf(f, x, h, "central", "float64")] : words().undefinedHere;
    if (regime.textContent !== said) regime.textContent = said;
    fillTable(table, controls, texts);
  };
  texts.follow(show);
}

/** The numbers: each quotient with its error. */
function fillTable(table: HTMLTableElement, { f, x, h }: DifferencesControls, { strings }: Texts): void {
  const words = strings.differences;
  table.replaceChildren();
  const head = add(add(table, "thead"), "tr");
  add(head, "td");
  for (const text of [words.quotient, words.error]) add(head, "th", { scope: "col" }).textContent = text;
  const body = add(table, "tbody");
  const row = (name: string, cells: readonly string[], kind = "") => {
    const line = add(body, "tr", { class: kind });
    add(line, "th", { scope: "row" }).textContent = name;
    for (const cell of cells) add(line, "td").textContent = cell;
  };
  row(words.derivative, [formatNumber(f.slope(x), 12), ""]);
  for (const precision of PRECISIONS) {
    for (const kind of KINDS) {
      const [quotient, error] = [quotientOf(f, x, h, kind, precision), errorOf(f, x, h, kind, precision)];
      const digits = precision === "float64" ? 12 : 7;
      row(`${words[kind]}, ${precision}`, [formatNumber(quotient, digits), formatNumber(error, 2)], kind);
    }
  }
}

function addPlot(parent: Element): SVGSVGElement {
  return draw(parent, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img" });
}

/** Calls `move` with the horizontal place of a pointer that is down, in the picture's units. */
function follow(svg: SVGSVGElement, move: (x: number) => void): void {
  const report = ({ clientX }: PointerEvent) => {
    const { left, width } = svg.getBoundingClientRect();
    move(((clientX - left) / width) * WIDTH);
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    report(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) report(event);
  });
}

function drawCurve(svg: SVGSVGElement, { f, x, h }: DifferencesControls, { strings }: Texts): void {
  svg.replaceChildren();
  const value = (at: number) => f.value(at, (v) => v);
  const places = Array.from({ length: 201 }, (_, i) => DOMAIN[0] + (i / 200) * (DOMAIN[1] - DOMAIN[0]));
  const values = places.map(value);
  const seen = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...seen, value(x)), Math.max(...seen, value(x))];
  const room = 0.08 * (high - low) || 1;
  const [px, py] = [scale(DOMAIN, [MARGIN.left, RIGHT]), scale([low - room, high + room], [BOTTOM, MARGIN.top])];
  for (let tick = -4; tick <= 4; tick++) {
    draw(svg, "path", { class: "grid", d: `M${px(tick)},${MARGIN.top}V${BOTTOM}` });
    draw(svg, "text", { x: px(tick), y: BOTTOM + 18, "text-anchor": "middle" }, String(tick).replace("-", "−"));
  }
  for (const part of [0, 0.5, 1]) {
    const tick = low + part * (high - low);
    draw(svg, "path", { class: "grid", d: `M${MARGIN.left},${py(tick)}H${RIGHT}` });
    draw(svg, "text", { x: MARGIN.left - 8, y: py(tick) + 4, "text-anchor": "end" }, formatNumber(tick, 3));
  }
  const clip = draw(svg, "clipPath", { id: "plot-area" });
  draw(clip, "rect", { x: MARGIN.left, y: MARGIN.top, width: RIGHT - MARGIN.left, height: BOTTOM - MARGIN.top });
  const lines = draw(svg, "g", { "clip-path": "url(#plot-area)" });
  const line = (slope: number, at: number, name: string) => {
    const ends = DOMAIN.map((end) => [px(end), py(value(at) + slope * (end - at))] as const);
    draw(lines, "path", { class: `line ${name}`, d: pathOf(ends) });
  };
  draw(lines, "path", { class: "line function", d: pathOf(places.map((at, i) => [px(at), py(values[i]!)])) });
  line(f.slope(x), x, "tangent");
  line(quotientOf(f, x, h, "forward", "float64"), x, "forward");
  line(quotientOf(f, x, h, "central", "float64"), x - h, "central");
  for (const [at, name] of [
    [x - h, "central"],
    [x + h, "central"],
    [x, "handle"],
  ] as const) {
    if (Number.isFinite(value(at)))
      draw(lines, "circle", { class: `dot ${name}`, cx: px(at), cy: py(value(at)), r: name === "handle" ? 8 : 4.5 });
  }
  drawKey(
    svg,
    MARGIN.top,
    ["tangent", "central", "forward"].map((name) => [name, strings.differences[name as "tangent"]] as const),
  );
}

/** The names of the lines, in the upper or the lower left corner. */
function drawKey(svg: SVGSVGElement, top: number, entries: readonly (readonly [name: string, text: string])[]): void {
  entries.forEach(([name, text], i) => {
    const y = top + 12 + 18 * i;
    draw(svg, "path", { class: `line ${name}`, d: `M${MARGIN.left + 8},${y}h26` });
    draw(svg, "text", { class: "key-text", x: MARGIN.left + 42, y: y + 4 }, text);
  });
}

function drawErrors(svg: SVGSVGElement, { f, x, h }: DifferencesControls, { strings }: Texts): void {
  svg.replaceChildren();
  const words = strings.differences;
  const px = scale([-17, -1], [MARGIN.left, RIGHT]);
  const exact = scale(ERRORS, [BOTTOM, MARGIN.top]);
  // An error of 0 has no logarithm. It stands on the axis.
  const py = (error: number) => exact(Math.max(ERRORS[0], Math.min(ERRORS[1], Math.log10(error))));
  for (let exponent = -17; exponent <= -1; exponent += 4) {
    draw(svg, "path", { class: "grid", d: `M${px(exponent)},${MARGIN.top}V${BOTTOM}` });
    draw(svg, "text", { x: px(exponent), y: BOTTOM + 18, "text-anchor": "middle" }, powerOfTen(exponent));
  }
  for (let exponent = -16; exponent <= 0; exponent += 4) {
    draw(svg, "path", { class: "grid", d: `M${MARGIN.left},${exact(exponent)}H${RIGHT}` });
    draw(svg, "text", { x: MARGIN.left - 8, y: exact(exponent) + 4, "text-anchor": "end" }, powerOfTen(exponent));
  }
  draw(svg, "text", { x: RIGHT, y: BOTTOM + 32, "text-anchor": "end" }, "h");
  draw(svg, "path", { class: "now", d: `M${px(Math.log10(h))},${MARGIN.top}V${BOTTOM}` });
  for (const precision of PRECISIONS) {
    for (const kind of KINDS) {
      const points = STEPS.map((step) => [px(Math.log10(step)), py(errorOf(f, x, step, kind, precision))] as const);
      draw(svg, "path", { class: `line ${kind} ${precision}`, d: pathOf(points) });
      const [cx, cy] = [px(Math.log10(h)), py(errorOf(f, x, h, kind, precision))];
      if (Number.isFinite(cy))
        draw(svg, "circle", { class: `dot ${kind}`, cx, cy, r: precision === "float64" ? 5 : 3.5 });
    }
  }
  drawSlopes(svg, f, x, { px, exact });
  drawKey(
    svg,
    BOTTOM - 84,
    KINDS.flatMap((kind) => PRECISIONS.map((p) => [`${kind} ${p}`, `${words[kind]}, ${p}`] as const)),
  );

  function drawSlopes(
    target: SVGSVGElement,
    g: typeof f,
    at: number,
    axes: { px: (v: number) => number; exact: (v: number) => number },
  ): void {
    const slopes = [
      {
        name: `${words.truncation} ∝ h²`,
        from: -1,
        to: -4.6,
        of: (step: number) => expectedErrors(g, at, step, "central", "float64").truncation,
      },
      {
        name: `${words.rounding} ∝ 1/h`,
        from: -7,
        to: -15,
        of: (step: number) => expectedErrors(g, at, step, "central", "float64").rounding,
      },
    ];
    for (const { name, from, to, of } of slopes) {
      const ends = [from, to].map(
        (exponent) => [axes.px(exponent), axes.exact(Math.log10(of(10 ** exponent)))] as const,
      );
      if (!ends.every(([, y]) => Number.isFinite(y))) continue;
      draw(target, "path", { class: "guide", d: pathOf(ends) });
      const [a, b] = ends as [readonly [number, number], readonly [number, number]];
      draw(
        target,
        "text",
        { class: "guide-text", x: (a[0] + b[0]) / 2, y: Math.max(a[1], b[1]) - 2, "text-anchor": "middle" },
        name,
      );
    }
  }
}
