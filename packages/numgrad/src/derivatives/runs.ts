import type { Run } from "./estimate.js";
import type { Quotient } from "./quotients.js";

/** Two quotients agree if they differ by less than this part of the larger one, and their noise. */
const TOLERANCE = 0.3;

/**
 * Divides the quotients into runs of neighbours that agree.
 *
 * @param power 2 for central quotients, 1 for the others.
 */
export function runsOf(quotients: readonly Quotient[], power: number): Run[] {
  const runs: Run[] = [];
  for (let first = 0; first < quotients.length; ) {
    let last = first;
    while (last + 1 < quotients.length && agree(quotients[last]!, quotients[last + 1]!, power)) last++;
    runs.push({ first, last });
    first = last + 1;
  }
  return runs;
}

function agree(smaller: Quotient, larger: Quotient, power: number): boolean {
  const [a, b] = [Math.abs(smaller.slope), Math.abs(larger.slope)];
  const distance = Math.abs(smaller.slope - larger.slope);
  if (distance <= TOLERANCE * Math.max(a, b) + smaller.noise + larger.noise) return true;
  // Or if the quotient grows as its truncation error does: x³ at 0 has h².
  const grows = b > a && a > 0 && smaller.slope > 0 === larger.slope > 0;
  return grows && Math.log(b / a) >= 0.9 * power * Math.log(larger.h / smaller.h);
}

/** Whether the quotient after a run is much larger, so that the run may end where a feature of f begins. */
export function growsAfter(quotients: readonly Quotient[], { last }: Run): boolean {
  const next = quotients[last + 1];
  return next !== undefined && Math.abs(next.slope) > 2 * Math.abs(quotients[last]!.slope);
}
