// The part about differences: a function with its tangent and secants, and beside it the error of the quotients over h.
import { errorOf, KINDS, nearestStep, PRECISIONS, quotientOf, regimeOf, STEPS } from "../calculus/quotients.js";
import { add, scale, setText } from "../elements.js";
import { formatNumber } from "../numbers.js";
import type { UrlState } from "../state/url-state.js";
import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";
import { drawCurve } from "./curve-plot.js";
import { DifferencesControls, DOMAIN } from "./differences-controls.js";
import { drawErrors, errorsAt } from "./error-plot.js";
import { AREA, addPlot, WIDTH } from "./plot.js";

/** Fills the section with the part about differences. Returns its controls. */
export function showDifferences(section: Element, state: UrlState, texts: Texts): DifferencesControls {
  texts.show(add(section, "h2", { id: "differences-title" }), ({ differences }) => differences.title);
  texts.show(add(section, "p", { class: "intro" }), ({ differences }) => differences.intro);
  texts.show(add(section, "p", { class: "task" }), ({ differences }) => differences.task);
  const controls = new DifferencesControls(section, state, texts, () => redraw());
  const plots = add(section, "div", { class: "plots" });
  const curve = addPlot(plots);
  const right = add(plots, "div");
  const errors = addPlot(right);
  const reading = add(right, "p", { class: "hint reading" });
  texts.name(curve, "aria-label", ({ differences }) => differences.plot);
  texts.name(errors, "aria-label", ({ differences }) => differences.errorPlot);
  const findings = add(section, "div", { class: "findings" });
  const table = add(add(findings, "div", { class: "scroll", tabindex: 0 }), "table");
  const regime = add(findings, "p", { class: "regime", role: "status" });

  const fromX = scale([AREA.left, AREA.right], DOMAIN);
  const fromH = scale([AREA.left, AREA.right], [0, STEPS.length - 1]);
  follow(curve, (x) => controls.moveTo(fromX(x)));
  follow(errors, (x) => controls.takeStep(fromH(x)));
  /** The difference step that a mouse points at on the picture of the errors. */
  let pointed: number | undefined;
  const point = (h: number | undefined) => {
    if (h === pointed) return;
    pointed = h;
    redraw();
  };
  errors.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") point(STEPS[nearestStep(fromH(placeIn(errors, event)))]);
  });
  errors.addEventListener("pointerleave", () => point(undefined));

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
    const words = texts.strings.differences;
    drawCurve(curve, controls, words);
    drawErrors(errors, { f, x, h, pointed }, words);
    setText(reading, pointed === undefined ? words.errorHint : errorsAt(pointed, { f, x }, words));
    const needed = [f.value(x, (v) => v), f.slope(x), quotientOf(f, x, h, "central", "float64")];
    const isDefined = needed.every(Number.isFinite);
    const said = isDefined ? words.regimes[regimeOf(f, x, h, "float64")] : words.undefinedHere;
    setText(regime, said);
    fillTable(table, controls, words);
  };
  texts.follow(show);
  return controls;
}

/** The numbers: each quotient with its error. */
function fillTable(table: HTMLTableElement, { f, x, h }: DifferencesControls, words: Strings["differences"]): void {
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

/** The horizontal place of a pointer, in the picture's units. */
function placeIn(svg: SVGSVGElement, { clientX }: PointerEvent): number {
  const { left, width } = svg.getBoundingClientRect();
  return ((clientX - left) / width) * WIDTH;
}

/** Calls `move` with the horizontal place of a pointer that is down, in the picture's units. */
function follow(svg: SVGSVGElement, move: (x: number) => void): void {
  const report = (event: PointerEvent) => move(placeIn(svg, event));
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    report(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) report(event);
  });
}
