// The frame of the pictures that have axes: their size, their grid, their area for lines and their key.
import { draw } from "../elements.js";

export const WIDTH = 560;
const HEIGHT = 330;
const MARGIN = { top: 12, right: 14, bottom: 34, left: 54 };

/** The edges of the area for lines. */
export const AREA = { left: MARGIN.left, right: WIDTH - MARGIN.right, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom };

/** A line of the grid: its place in the picture and its text. */
export type Tick = readonly [place: number, text: string];

export function addPlot(parent: Element): SVGSVGElement {
  return draw(parent, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img" });
}

export function drawGrid(svg: SVGSVGElement, columns: readonly Tick[], rows: readonly Tick[]): void {
  const { left, right, top, bottom } = AREA;
  for (const [x, text] of columns) {
    draw(svg, "path", { class: "grid", d: `M${x},${top}V${bottom}` });
    draw(svg, "text", { x, y: bottom + 18, "text-anchor": "middle" }, text);
  }
  for (const [y, text] of rows) {
    draw(svg, "path", { class: "grid", d: `M${left},${y}H${right}` });
    draw(svg, "text", { x: left - 8, y: y + 4, "text-anchor": "end" }, text);
  }
}

/** Number of the next picture: each has a clip of its own. */
let pictures = 0;

/** Adds a group for lines, which end at the edges of the area. */
export function addArea(svg: SVGSVGElement): SVGGElement {
  const id = `plot-area-${pictures++}`;
  const { left, right, top, bottom } = AREA;
  const clip = draw(svg, "clipPath", { id });
  draw(clip, "rect", { x: left, y: top, width: right - left, height: bottom - top });
  return draw(svg, "g", { "clip-path": `url(#${id})` });
}

/** The names of lines below each other, from `top` on. */
export function drawKey(svg: SVGSVGElement, top: number, entries: readonly (readonly [line: string, text: string])[]) {
  for (const [i, [line, text]] of entries.entries()) {
    const y = top + 12 + 18 * i;
    draw(svg, "path", { class: `line ${line}`, d: `M${AREA.left + 8},${y}h26` });
    draw(svg, "text", { class: "key-text", x: AREA.left + 42, y: y + 4 }, text);
  }
}
