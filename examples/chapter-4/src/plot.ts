/** A curve, which is drawn with one character. */
export interface Curve {
  readonly mark: string;
  /** The points of the curve, in ascending x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 64;
const HEIGHT = 14;

/** Curves as text. The axes end where the curves end. If several curves are at the same place, the first is shown. */
export function plot(curves: readonly Curve[], xLabel: string): string {
  const points = curves.flatMap((curve) => curve.points);
  const x = axis(points.map(([x]) => x)); // biome-ignore format: a pair
  const y = axis(points.map(([, y]) => y));
  const canvas = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => " "));
  for (const { mark, points } of [...curves].reverse()) {
    for (let column = 0; column < WIDTH; column++) {
      const height = interpolate(points, x.start + (column / (WIDTH - 1)) * (x.end - x.start));
      const row = Math.round(((height - y.start) / (y.end - y.start)) * (HEIGHT - 1));
      if (Number.isFinite(height)) canvas[HEIGHT - 1 - row]![column] = mark;
    }
  }
  const labels = canvas.map((_, r) => (r === 0 ? short(y.end) : r === HEIGHT - 1 ? short(y.start) : ""));
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = canvas.map((cells, r) => `${labels[r]!.padStart(margin)} │${cells.join("").trimEnd()}`);
  const ends = `${short(x.start)}${short(x.end).padStart(WIDTH - short(x.start).length)}`;
  const indent = " ".repeat(margin + 1);
  return [...lines, `${indent}└${"─".repeat(WIDTH)}`, `${indent} ${ends}  ${xLabel}`].join("\n");
}

function axis(values: number[]) {
  return { start: Math.min(...values), end: Math.max(...values) };
}

/** The height at x of the line through the points; NaN outside of it. */
function interpolate(points: Curve["points"], x: number): number {
  const after = points.findIndex(([px]) => px >= x);
  const [x1, y1] = points[after] ?? [Number.NaN, Number.NaN];
  if (x1 === x) return y1;
  const [x0, y0] = points[after - 1] ?? [Number.NaN, Number.NaN];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
