import type { GradientVerdict, Judgement } from "./judgement.js";

/** The largest number of parts of a tree in the first line of a report. */
const MOST_NAMED = 5;

/** An element of a gradient, or a direction, in which two gradients were compared. */
export interface GradientEntry {
  /** Flat index of the element (of x, of a Jacobian or a Hessian), or number of the direction; −1 for the direction along the signs of all elements. */
  readonly index: number;
  /** The name of the element, as `x[3]` or `layers[0].w[3, 17]`, or of the direction. */
  readonly name: string;
  /** What the comparison of this entry says: see {@link GradientReport.verdict}. */
  readonly verdict: GradientVerdict;
  /** The slope by difference quotients. At a kink, the mean of the slopes on both sides. */
  readonly expected: number;
  /** An upper bound of the error of `expected`. At a kink, half of the jump of the slope. */
  readonly error: number;
  /** The slope by the gradient that was checked. */
  readonly got: number;
  /** |expected − got|. NaN if `got` is NaN. */
  readonly absoluteError: number;
  /** |expected − got| / max(|expected|, |got|). NaN if `got` is NaN. */
  readonly relativeError: number;
  /** The slope left of x, if there is a kink at x. */
  readonly left?: number;
  /** The slope right of x, if there is a kink at x. */
  readonly right?: number;
  /** Why the verdict is `"undecided"`. */
  readonly reason?: string;
}

/** An array or a number of a tree, of which the gradient was compared. */
export interface GradientPart {
  /** Its path: `layers[0].w`. */
  readonly name: string;
  /** The worst verdict of its elements, or of its direction. */
  readonly verdict: GradientVerdict;
}

/** The facts of a {@link GradientReport}. */
export interface GradientReportFields
  extends Pick<
    GradientReport,
    | "verdict"
    | "checked"
    | "size"
    | "directions"
    | "evaluations"
    | "atol"
    | "rtol"
    | "maxAbsoluteError"
    | "maxRelativeError"
    | "parts"
  > {
  readonly entries: readonly GradientEntry[];
  /** What was compared: `"gradient"`, `"Jacobian"` or `"Hessian"`. */
  readonly subject: string;
  /** Number of entries with each verdict. */
  readonly counts: Readonly<Record<GradientVerdict, number>>;
}

/** The result of `checkGradient`, `checkJacobian` and `checkHessian`. As text it is a table of the worst entries. */
export class GradientReport {
  /**
   * - `"ok"`: the gradient agrees with f wherever it was compared.
   * - `"wrong"`: it differs by more than the error of the differences and the rounding of a gradient together, or than the
   * tolerance that was given. For its rounding each element of a gradient has 2⁻¹⁶ (1.5e-5) of itself and 2⁻²⁴ of the
   * largest element, in float32 2⁻¹⁵ (3.1e-5) and 2⁻²⁰.
   * - `"kink"`: f has another slope left of x than right of it, and the gradient is between them, as a subgradient is.
   * - `"undecided"`: f is too noisy there, or jumps at x; the reason is in the entries.
   */
  readonly verdict: GradientVerdict;
  /** Whether the verdict is `"ok"`. */
  readonly ok: boolean;
  /** Largest |expected − got| of the entries that are not NaN or infinite; NaN if there is none. */
  readonly maxAbsoluteError: number;
  /** Largest |expected − got| / max(|expected|, |got|) of the entries that are not NaN or infinite; NaN if there is none. */
  readonly maxRelativeError: number;
  /** At most ten entries, the worst first: those that are not ok, or if there are none, those nearest to it. */
  readonly worst: readonly GradientEntry[];
  /** Number of compared entries that are wrong. */
  readonly failures: number;
  /** Number of elements, or directions, that were compared. */
  readonly checked: number;
  /** Number of elements of x; for a Jacobian and a Hessian the number of their own elements. */
  readonly size: number;
  /** Whether directions were compared instead of all elements. */
  readonly directions: boolean;
  /** Number of calls of f. */
  readonly evaluations: number;
  /**
   * The absolute tolerance, if one was given. An entry then passes if |expected − got| ≤ atol + rtol·|expected|. For a
   * direction, the root of the sum of the squares of the gradient's elements takes the place of |expected|.
   */
  readonly atol: number | undefined;
  /** The relative tolerance, if one was given: see `atol`. */
  readonly rtol: number | undefined;
  /** The verdict for each array and number of a tree, in the tree's order; empty for an x that is no tree. */
  readonly parts: readonly GradientPart[];
  readonly #subject: string;
  readonly #counts: Readonly<Record<GradientVerdict, number>>;

  constructor(fields: GradientReportFields) {
    this.verdict = fields.verdict;
    this.ok = fields.verdict === "ok";
    this.maxAbsoluteError = fields.maxAbsoluteError;
    this.maxRelativeError = fields.maxRelativeError;
    this.worst = fields.entries;
    this.failures = fields.counts.wrong;
    this.checked = fields.checked;
    this.size = fields.size;
    this.directions = fields.directions;
    this.evaluations = fields.evaluations;
    this.atol = fields.atol;
    this.rtol = fields.rtol;
    this.parts = fields.parts;
    this.#subject = fields.subject;
    this.#counts = fields.counts;
    // Node prints this for `console.log(report)`. It is not a method, because a computed name would keep this class in
    // every bundle.
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => this.toString() });
  }

  /** The verdict, the largest errors, and a table of the worst entries. */
  toString(): string {
    const errors = `largest error ${short(this.maxAbsoluteError)} absolute, ${short(this.maxRelativeError)} relative`;
    return [this.#headline(), errors, ...(this.ok ? [] : this.#table())].join("\n");
  }

  #headline(): string {
    const what = `${this.checked} ${this.directions ? "direction" : "element"}${this.checked === 1 ? "" : "s"}`;
    const isGiven = this.atol !== undefined || this.rtol !== undefined;
    const unit = this.directions ? `‖${this.#subject}‖` : "|expected|";
    const tolerance = isGiven ? `${this.atol ?? 0} + ${this.rtol ?? 0}·${unit}` : undefined;
    const count = this.#counts[this.verdict];
    if (this.verdict === "ok")
      return `${this.#subject} ok: ${what} within ${tolerance ?? "the error of the differences, or of rounding"}`;
    const where = this.#where();
    if (this.verdict === "wrong")
      return `${this.#subject} wrong${where}: ${count} of ${what} beyond ${tolerance ?? "the error of the differences"}`;
    if (this.verdict === "kink")
      return `${this.#subject} at a kink${where}: ${count} of ${what} between the slopes on both sides`;
    return `${this.#subject} undecided${where}: ${count} of ${what}, because ${this.worst[0]?.reason}`;
  }

  /** The parts of a tree with the verdict. */
  #where(): string {
    const names = this.parts.filter(({ verdict }) => verdict === this.verdict).map(({ name }) => name);
    if (names.length === 0 || this.parts.length === 1) return "";
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
    return ` in ${names.slice(0, MOST_NAMED).join(", ")}${more}`;
  }

  #table(): string[] {
    const rows = this.worst
      .filter(({ verdict }) => verdict !== "ok")
      .map((entry) => [entry.name, expectedText(entry), String(entry.got), short(entry.absoluteError)]);
    const all = [["", "expected", "got", "difference"], ...rows];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]!.length)));
    return all
      .map((row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("  ")
          .trimEnd(),
      )
      .map((line) => `  ${line}`);
  }
}

/** The expected slope with the digits that are known, or both slopes at a kink, or the slope and its error. */
function expectedText({ expected, error, left, right, verdict }: Pick<GradientEntry, keyof Judgement>): string {
  if (left !== undefined && right !== undefined) return `${short(left)} … ${short(right)}`;
  if (verdict === "undecided") return `${short(expected)} ± ${short(error)}`;
  if (!(error > 0) || !(Math.abs(expected) > error)) return String(expected);
  const digits = Math.ceil(Math.log10(Math.abs(expected) / error)) + 1;
  return String(Number(expected.toPrecision(Math.min(Math.max(digits, 3), 17))));
}

/** A number with three digits. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}
