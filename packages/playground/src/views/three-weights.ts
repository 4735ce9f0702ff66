// The part with three weights: each move of a numerical gradient, with its loss and its curve.
import {
  afterMoves,
  BEGINNING,
  exactGradient,
  lossOf,
  MOVES,
  movedBy,
  movesOf,
  nextMove,
  POINTS,
  parabola,
  quotientsOf,
  RATE,
  type Toy,
  type Weights,
  wholeStep,
} from "../calculus/three-weights.js";
import { add, draw, pathOf, scale, setText } from "../elements.js";
import { formatNumber } from "../numbers.js";
import type { UrlState } from "../state/url-state.js";
import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";
import { addField } from "./fields.js";
import { AREA, addPlot, drawGrid } from "./plot.js";

/** The differences h to choose from: the first ones move the curve so far that it is seen. */
const STEPS = [0.5, 0.1, 0.01, 1e-4];
/** Most moves that are made again for a link: a thousand steps. */
const MOST_MOVES = 1000 * MOVES;

const NAMES = ["w₀", "w₁", "w₂"] as const;
const X = [-2, 2] as const;
const Y = [-2, 3] as const;

/** Fills the section with the part about three weights. Returns what puts it back to its beginning. */
export function showThreeWeights(section: Element, state: UrlState, texts: Texts): () => void {
  let h = STEPS.find((step) => step === state.number("toyh", 0, 1, STEPS[0]!)) ?? STEPS[0]!;
  // The quotients of a parabola do not depend on h but for rounding errors, so the number of moves tells the state.
  let toy = afterMoves(Math.min(MOST_MOVES, state.number("toymoves", 0, Number.POSITIVE_INFINITY, 0)), h);
  texts.show(add(section, "h2", { id: "toy-title" }), (strings) => strings.toy.title);
  texts.show(add(section, "p", { class: "intro" }), (strings) => strings.toy.intro);
  const fields = add(section, "div", { class: "fields" });
  const field = addField(fields, "t-h", texts, (strings) => strings.differences.h);
  const select = add(field, "select", { id: "t-h" });
  for (const step of STEPS) add(select, "option", { value: step }).textContent = String(step);
  select.value = String(h);
  const buttons = add(fields, "div", { class: "buttons" });
  const take = (next: Toy) => {
    toy = next;
    state.set("toymoves", movesOf(toy));
    show();
  };
  const addButton = (name: "move" | "step" | "restart", change: () => Toy) => {
    const button = add(buttons, "button", { type: "button", name, class: name === "move" ? "primary" : "" });
    texts.show(button, (strings) => strings.toy[name]);
    button.addEventListener("click", () => take(change()));
  };
  addButton("move", () => nextMove(toy, h));
  addButton("step", () => wholeStep(toy, h));
  addButton("restart", () => BEGINNING);
  const both = add(section, "div", { class: "plots" });
  const plot = addPlot(both);
  texts.name(plot, "aria-label", (strings) => strings.toy.plot);
  const side = add(both, "div");
  const said = add(side, "p", { class: "regime", role: "status" });
  const table = add(add(side, "div", { class: "scroll", tabindex: 0 }), "table");
  const show = () => {
    drawParabolas(plot, toy, h);
    setText(said, sayMove(toy, texts.strings.toy));
    fillTable(table, toy, h, texts.strings);
  };
  const takeStep = (step: number) => {
    h = step;
    state.set("toyh", h);
  };
  select.addEventListener("change", () => {
    takeStep(Number(select.value));
    // The losses of this step were those of another h.
    take({ ...toy, losses: [] });
  });
  texts.follow(show);
  return () => {
    takeStep(STEPS[0]!);
    select.value = String(h);
    take(BEGINNING);
  };
}

/** The move that was made last, in words. */
function sayMove({ weights, steps, losses }: Toy, words: Strings["toy"]): string {
  const loss = formatNumber(lossOf(weights), 6);
  const { length } = losses;
  if (length === 0) return steps === 0 ? words.first(loss) : words.updated(steps, loss);
  const name = NAMES[Math.floor((length - 1) / 2)]!;
  if (length === MOVES - 1) return words.complete(name);
  return length % 2 === 1 ? words.up(name) : words.down(name);
}

/** Draws the points, the parabola, and in dashes the one whose weight is moved. */
function drawParabolas(svg: SVGSVGElement, { weights, losses }: Toy, h: number): void {
  svg.replaceChildren();
  const [px, py] = [scale(X, [AREA.left, AREA.right]), scale(Y, [AREA.bottom, AREA.top])];
  const tick = (value: number) => String(value).replace("-", "−");
  drawGrid(
    svg,
    [-2, -1, 0, 1, 2].map((x) => [px(x), tick(x)]),
    [-2, -1, 0, 1, 2, 3].map((y) => [py(y), tick(y)]),
  );
  const line = (name: string, w: Weights) => {
    const points = Array.from({ length: 81 }, (_, i) => {
      const x = scale([0, 80], X)(i);
      const y = parabola(w, x);
      return [px(x), y < Y[0] || y > Y[1] ? Number.NaN : py(y)] as const;
    });
    draw(svg, "path", { class: `line ${name}`, d: pathOf(points) });
  };
  line("function", weights);
  if (losses.length > 0) line("moved", movedBy(weights, losses.length - 1, h));
  for (const [x, y] of POINTS) draw(svg, "circle", { class: "dot sample", cx: px(x), cy: py(y), r: 4.5 });
}

/** The whole gradient: a row for each weight. What has not been computed yet is empty. */
function fillTable(table: HTMLTableElement, { weights, losses }: Toy, h: number, { toy, page }: Strings): void {
  table.replaceChildren();
  const head = add(add(table, "thead"), "tr");
  add(head, "td");
  for (const text of [toy.value, "L(w + h)", "L(w − h)", toy.quotient, page.backprop]) {
    add(head, "th", { scope: "col" }).textContent = text;
  }
  const body = add(table, "tbody");
  const [quotients, exact] = [quotientsOf(losses, h), exactGradient(weights)];
  const number = (value: number | undefined) => (value === undefined ? "" : formatNumber(value, 5));
  for (const [i, name] of NAMES.entries()) {
    const row = add(body, "tr");
    add(row, "th", { scope: "row" }).textContent = name;
    const cells = [weights[i], losses[2 * i], losses[2 * i + 1], quotients[i], exact[i]].map(number);
    for (const [column, cell] of cells.entries()) {
      const isNew = column > 0 && column < 3 && 2 * i + column === losses.length;
      add(row, "td", { class: isNew ? "new" : "" }).textContent = cell;
    }
  }
  const update = add(body, "tr");
  add(update, "th", { scope: "row" }).textContent = "w ← w − η g";
  add(update, "td", { colspan: 5 }).textContent = `η = ${RATE}`;
}
