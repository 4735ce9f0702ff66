import { markdownTable } from "../report.js";
import type { Check } from "./compare.js";
import { ERRORS } from "./functions.js";

/** docs/gradient-checkers.md. */
export function document(checks: readonly Check[], packages: readonly string[]): string {
  const checkers = [...new Set(checks.map(({ checker }) => checker))];
  const sizes = [...new Set(checks.map(({ size }) => size))];
  const parts = (["float64", "float32"] as const).map((type) => {
    const inType = checks.filter((check) => check.type === type);
    return `## ${type}\n\n${errorTable(checkers, inType)}\n\nMost evaluations for one right gradient, with a * where the checker is as good as numgrad for this n:\n\n${evaluationTable(checkers, sizes, inType)}`;
  });
  return `# Checkers of gradients

Right gradients refused, and planted errors missed, by numgrad's \`checkGradient\` and by the checkers of ${packages.join(", ")},
all with their defaults. \`npm run compare-checkers\` writes this page. The same functions are defined in TypeScript and in
NumPy, in float64, and their values are compared; in float32, values and gradients are rounded once. They are 2.3 + the mean of sin x, log-sum-exp, and a layer, the mean of tanh(X v), each of n
numbers sin 0, sin 1, …, with n = ${sizes.map((size) => size.toLocaleString("en")).join(", ")}. A cell is _missed of all_; for
right gradients it is _refused of all_. For numgrad every verdict but "ok" is a refusal.

- \`torch.autograd.gradcheck\` by each element and SciPy's \`check_grad\` by each element take at least one evaluation for each
  of the n numbers, so they have only n ≤ 1,024.
- \`check_grad\` has no verdict. Here its error must be at most 1e-5, a tolerance that suits these functions of size 1 and would
  suit no other scale; it is an absolute one, so for large n it accepts every gradient that is small enough.
- A checker is as good as numgrad for some n if it refuses no right gradient and misses no error that numgrad finds. The
  evaluations are not the same work: \`gradcheck\` and \`check_grads\` also compute the gradient by automatic
  differentiation, and numgrad judges each of up to 1,000 elements, with an error of its slope.
- "One tensor zero" sets the second half of the gradient to zero. "Transposed" takes it as a square matrix.

${parts.join("\n\n")}
`;
}

function errorTable(checkers: readonly string[], checks: readonly Check[]): string {
  const rows = Object.keys(ERRORS).map((error) => {
    const cells = checkers.map((checker) => {
      const all = checks.filter((check) => check.checker === checker && check.error === error);
      const bad = all.filter(({ passes }) => passes !== (error === "right"));
      const sizes = [...new Set(bad.map(({ size }) => size.toLocaleString("en")))];
      return `${bad.length} of ${all.length}${sizes.length === 0 ? "" : ` (n = ${sizes.join("; ")})`}`;
    });
    return [error === "right" ? "right gradient" : error, ...cells];
  });
  return tableOf(checkers, rows);
}

function evaluationTable(checkers: readonly string[], sizes: readonly number[], checks: readonly Check[]): string {
  const rows = sizes.map((size) => {
    const cells = checkers.map((checker) => {
      const all = checks.filter((check) => check.checker === checker && check.size === size && check.error === "right");
      if (all.length === 0) return "–";
      const most = Math.max(...all.map(({ evaluations }) => evaluations)).toLocaleString("en");
      return isAsGood(checker, checks.filter((check) => check.size === size)) ? `${most}*` : most; // biome-ignore format: a line
    });
    return [`n = ${size.toLocaleString("en")}`, ...cells];
  });
  return tableOf(checkers, rows);
}

/** Whether a checker, which is not numgrad, refuses no right gradient and misses no error that numgrad finds. */
function isAsGood(checker: string, checks: readonly Check[]): boolean {
  const [ours, theirs] = ["numgrad", checker].map((name) => checks.filter((check) => check.checker === name));
  const isGood = (check: Check) => check.passes === (check.error === "right");
  return checker !== "numgrad" && theirs!.every((check) => isGood(check) || !ours!.some((our) => isSame(our, check) && isGood(our))); // biome-ignore format: a line
}

/** Whether two checkers were asked about the same gradient. */
function isSame(a: Check, b: Check): boolean {
  return a.function === b.function && a.error === b.error;
}

/** A table with a column for each checker. */
function tableOf(checkers: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([{ heading: "" }, ...checkers.map((heading) => ({ heading, numeric: true }))], rows);
}
