// The part about gradient descent: contours on which a reader starts paths, and compares learning rates.
import {
  contours,
  type Descent,
  descend,
  type Outcome,
  type Point,
  SURFACES,
  type SurfaceName,
} from "../calculus/surfaces.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { add, draw, formatNumber, pathOf, scale } from "./elements.js";

const WIDTH = 640;
const HEIGHT = 480;

/** The learning rates of the slider. Near 1 they are close, because the elongated bowl tells 0.9, 1 and 1.05 apart. */
const RATES: readonly number[] = [
  ...[-4, -3, -2, -1].flatMap((exponent) => [1, 1.5, 2, 3, 5, 7, 9].map((factor) => Number(`${factor}e${exponent}`))),
  ...[1, 1.05, 1.2, 1.5, 2],
];

/** Most paths that are kept: more could not be told apart. */
const MOST = 6;

const NAMES = Object.keys(SURFACES) as SurfaceName[];

interface Shown {
  readonly rate: number;
  readonly descent: Descent;
  /** Number of its colour. */
  readonly colour: number;
}

/** Fills the section with the part about gradient descent. */
export function showDescent(section: Element, state: UrlState, texts: Texts): void {
  texts.show(add(section, "h2", { id: "descent-title" }), ({ descent }) => descent.title);
  texts.show(add(section, "p", { class: "intro" }), ({ descent }) => descent.intro);
  const fields = add(section, "div", { class: "fields" });
  let name = state.choice("surface", NAMES, "valley");
  let rate = nearest(state.number("eta", 0, 10, SURFACES[name].rate));
  let start = readStart(state.text("start"), name);
  let paths: Shown[] = [];
  let colour = 0;

  const surfaceField = add(fields, "div", { class: "field" });
  texts.show(add(surfaceField, "label", { for: "g-surface" }), ({ descent }) => descent.surface);
  const select = add(surfaceField, "select", { id: "g-surface" });
  for (const each of NAMES) {
    const option = add(select, "option", { value: each });
    texts.show(option, ({ descent }) => `${descent.surfaces[each]}: ${SURFACES[each].formula}`);
  }
  select.value = name;

  const rateField = add(fields, "div", { class: "field rate" });
  texts.show(add(rateField, "label", { for: "g-rate" }), ({ descent }) => descent.rate);
  const shownRate = add(rateField, "output", { for: "g-rate" });
  const slider = add(rateField, "input", { type: "range", id: "g-rate", min: 0, max: RATES.length - 1, step: 1 });
  const buttons = add(fields, "div", { class: "buttons" });
  const [go, clear] = [
    add(buttons, "button", { type: "button", class: "primary" }),
    add(buttons, "button", { type: "button" }),
  ];
  texts.show(go, ({ descent }) => descent.again);
  texts.show(clear, ({ descent }) => descent.clear);

  const both = add(section, "div", { class: "map" });
  const svg = draw(both, "svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: "plot surface",
    tabindex: 0,
    role: "application",
  });
  texts.name(svg, "aria-label", ({ descent }) => descent.map);
  svg.setAttribute("aria-describedby", "g-keys");
  const [ground, lines, cursor] = [draw(svg, "g"), draw(svg, "g"), draw(svg, "circle", { class: "start", r: 7 })];
  const side = add(both, "div");
  texts.show(add(side, "h3"), ({ descent }) => descent.paths);
  const list = add(add(side, "div", { role: "status" }), "ol", { class: "paths" });
  texts.show(add(side, "p", { class: "hint", id: "g-keys" }), ({ descent }) => descent.keys);

  const axes = () => {
    const { x, y } = SURFACES[name];
    return {
      px: scale(x, [0, WIDTH]),
      py: scale(y, [HEIGHT, 0]),
      fromX: scale([0, WIDTH], x),
      fromY: scale([HEIGHT, 0], y),
    };
  };
  const showRate = () => {
    slider.value = String(RATES.indexOf(rate));
    slider.setAttribute("aria-valuetext", String(rate));
    shownRate.value = String(rate);
  };
  const showStart = () => {
    const { px, py } = axes();
    cursor.setAttribute("cx", String(px(start[0])));
    cursor.setAttribute("cy", String(py(start[1])));
  };
  const showPaths = () => {
    const { px, py } = axes();
    lines.replaceChildren();
    list.replaceChildren();
    clear.disabled = paths.length === 0;
    const { descent: words } = texts.strings;
    if (paths.length === 0) add(list, "li", { class: "none" }).textContent = words.none;
    for (const path of paths) {
      const points = path.descent.points.map(([a, b]) => [clampTo(px(a), WIDTH), clampTo(py(b), HEIGHT)] as const);
      const line = draw(lines, "path", { class: `route c${path.colour}`, d: pathOf(points), pathLength: 1 });
      if (path === paths.at(-1)) line.classList.add("new");
      for (const [cx, cy] of points.slice(0, 60))
        draw(lines, "circle", { class: `stop c${path.colour}`, cx, cy, r: 2.4 });
      add(list, "li", { class: `c${path.colour}` }).textContent = describe(path, words);
    }
  };
  const run = () => {
    const descent = descend(SURFACES[name], start, rate);
    paths = [...paths, { rate, descent, colour: colour++ % MOST }].slice(-MOST);
    state.set("start", `${start[0].toPrecision(4)},${start[1].toPrecision(4)}`);
    showPaths();
  };
  const showSurface = () => {
    const { px, py } = axes();
    ground.replaceChildren();
    for (const pieces of contours(SURFACES[name], 12, 64)) {
      const d = pieces.map((ends) => pathOf(ends.map(([a, b]) => [px(a), py(b)] as const))).join("");
      draw(ground, "path", { class: "contour", d });
    }
    showStart();
  };
  const moveStart = ([a, b]: Point) => {
    const { x, y } = SURFACES[name];
    start = [Math.min(x[1], Math.max(x[0], a)), Math.min(y[1], Math.max(y[0], b))];
    showStart();
  };

  select.addEventListener("change", () => {
    name = select.value as SurfaceName;
    ({ start } = SURFACES[name]);
    rate = nearest(SURFACES[name].rate);
    paths = [];
    state.set("surface", name);
    state.set("eta", rate);
    showRate();
    showSurface();
    run();
  });
  slider.addEventListener("input", () => {
    rate = RATES[slider.valueAsNumber]!;
    state.set("eta", rate);
    showRate();
  });
  go.addEventListener("click", run);
  clear.addEventListener("click", () => {
    paths = [];
    showPaths();
  });
  svg.addEventListener("click", ({ clientX, clientY }) => {
    const { left, top, width, height } = svg.getBoundingClientRect();
    const { fromX, fromY } = axes();
    moveStart([fromX(((clientX - left) / width) * WIDTH), fromY(((clientY - top) / height) * HEIGHT)]);
    run();
  });
  svg.addEventListener("keydown", (event) => {
    const { x, y } = SURFACES[name];
    const [across, up] = [(x[1] - x[0]) / 40, (y[1] - y[0]) / 40];
    const moves: Readonly<Record<string, Point>> = {
      ArrowLeft: [-across, 0],
      ArrowRight: [across, 0],
      ArrowUp: [0, up],
      ArrowDown: [0, -up],
    };
    const move = moves[event.key];
    if (move) moveStart([start[0] + move[0], start[1] + move[1]]);
    else if (event.key === "Enter") run();
    else return;
    event.preventDefault();
  });
  showRate();
  showSurface();
  run();
  texts.follow(showPaths);
}

function describe({ rate, descent: { points, outcome } }: Shown, words: Texts["strings"]["descent"]): string {
  const [a, b] = points.at(-1)!.map((value) => formatNumber(Math.abs(value) < 1e-3 ? 0 : value, 3)) as [string, string];
  const said: Readonly<Record<Outcome, string>> = words.outcomes;
  return `η = ${rate}: ${words.steps(points.length - 1)} → (${a}, ${b}) ${said[outcome]}`;
}

/** The start that the URL names, if the surface shows it. */
function readStart(text: string | null, name: SurfaceName): Point {
  const { x, y, start } = SURFACES[name];
  const [a = Number.NaN, b = Number.NaN] = (text ?? "").split(",").map(Number);
  return a >= x[0] && a <= x[1] && b >= y[0] && b <= y[1] ? [a, b] : start;
}

/** Keeps a coordinate within some pictures, because browsers draw huge ones wrongly. */
function clampTo(value: number, size: number): number {
  return Math.min(4 * size, Math.max(-3 * size, value));
}

function nearest(rate: number): number {
  const distances = RATES.map((each) => Math.abs(Math.log(each / rate)));
  return RATES[distances.indexOf(Math.min(...distances))]!;
}
