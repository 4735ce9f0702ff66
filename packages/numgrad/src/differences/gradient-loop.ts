import { functionValue } from "./evaluation.js";
import type { MovablePoint } from "./point.js";
import type { AnyStencil } from "./tree-stencil.js";
import type { Watch } from "./watch.js";

/**
 * Takes one difference quotient for each element of x with an index in [start, end), and writes them to `out` from
 * index 0 on. The loop makes no garbage: no object for an element, and no number that leaves a function which V8 does
 * not inline.
 */
export function gradientLoop(
  f: (x: unknown) => unknown,
  point: MovablePoint,
  stencil: AnyStencil,
  { start, end, out, watch }: { start: number; end: number; out: Float64Array; watch?: Watch | undefined },
): void {
  const { elements, input, name } = point;
  try {
    watch?.check(0);
    let here = Number.NaN;
    if (stencil.usesHere) {
      here = functionValue(f, input, -1, name);
      point.checkHere();
    }
    for (let i = start; i < end; i++) {
      stencil.place(i);
      point.checkUnmoved(i);
      point.move(i, stencil.first);
      const first = functionValue(f, input, i, name);
      point.checkMoved(i, stencil.first);
      let second = Number.NaN;
      if (stencil.hasSecond) {
        point.move(i, stencil.second);
        second = functionValue(f, input, i, name);
        point.checkMoved(i, stencil.second);
      }
      point.move(i, elements[i]!);
      out[i - start] = stencil.slope(first, second, here);
      watch?.check(i + 1 - start);
    }
    point.checkUnchanged();
  } catch (error) {
    point.restore();
    throw point.named(error);
  }
}
