/** An element of a gradient, or a direction, in which two gradients were compared. */
export interface GradientEntry {
  /** Flat index of the element of x, or number of the direction. */
  readonly index: number;
  /** The difference quotient. */
  readonly expected: number;
  /** The slope by the gradient that was checked. */
  readonly got: number;
  /** |expected − got|. NaN if `got` is NaN. */
  readonly absoluteError: number;
  /** |expected − got| / max(|expected|, |got|, atol / rtol). NaN if `got` is NaN. */
  readonly relativeError: number;
}

/** The facts of a {@link GradientReport}. */
export interface GradientReportFields
  extends Pick<
    GradientReport,
    "failures" | "checked" | "size" | "directions" | "atol" | "rtol" | "maxAbsoluteError" | "maxRelativeError"
  > {
  readonly entries: readonly GradientEntry[];
  /** Number of entries beyond the tolerance. These come first. */
  readonly wrong: number;
  /** The name of an entry. */
  readonly label: (index: number) => string;
}

/** The result of `checkGradient`. As text it is a table of the worst entries. */
export class GradientReport {
  /** Whether all entries that were compared are within the tolerance. */
  readonly ok: boolean;
  /** Largest |expected − got|; NaN if any of them is NaN. */
  readonly maxAbsoluteError: number;
  /** Largest |expected − got| / max(|expected|, |got|, atol / rtol); NaN if any of them is NaN. */
  readonly maxRelativeError: number;
  /** At most ten entries, the worst first: those beyond the tolerance, or if there are none, those nearest to it. */
  readonly worst: readonly GradientEntry[];
  /** Number of compared entries beyond the tolerance. */
  readonly failures: number;
  /** Number of elements, or directions, that were compared. */
  readonly checked: number;
  /** Number of elements of x. */
  readonly size: number;
  /** Whether random directions were compared instead of all elements. */
  readonly directions: boolean;
  /**
   * The absolute tolerance. An entry passes if |expected − got| ≤ atol + rtol·|expected|. For a direction, the root
   * mean square of the gradient's elements takes the place of |expected|.
   */
  readonly atol: number;
  /** The relative tolerance: see `atol`. */
  readonly rtol: number;
  readonly #wrong: number;
  readonly #label: (index: number) => string;

  constructor(fields: GradientReportFields) {
    this.ok = fields.failures === 0;
    this.maxAbsoluteError = fields.maxAbsoluteError;
    this.maxRelativeError = fields.maxRelativeError;
    this.worst = fields.entries;
    this.failures = fields.failures;
    this.checked = fields.checked;
    this.size = fields.size;
    this.directions = fields.directions;
    this.atol = fields.atol;
    this.rtol = fields.rtol;
    this.#wrong = fields.wrong;
    this.#label = fields.label;
    // Node prints this for `console.log(report)`. It is not a method, because a computed name would keep this class in
    // every bundle.
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => this.toString() });
  }

  /** The verdict, the largest errors, and a table of the worst entries beyond the tolerance. */
  toString(): string {
    const what = `${this.checked} ${this.directions ? "random direction" : "element"}${this.checked === 1 ? "" : "s"}`;
    const tolerance = `${this.atol} + ${this.rtol}·${this.directions ? "rms(gradient)" : "|expected|"}`;
    const verdict = this.ok
      ? `gradient ok: ${what} within ${tolerance}`
      : `gradient wrong: ${this.failures} of ${what} beyond ${tolerance}`;
    const errors = `largest error ${short(this.maxAbsoluteError)} absolute, ${short(this.maxRelativeError)} relative`;
    return [verdict, errors, ...(this.ok ? [] : this.#table())].join("\n");
  }

  #table(): string[] {
    const rows = this.worst
      .slice(0, this.#wrong)
      .map((entry) => [
        this.#label(entry.index),
        String(entry.expected),
        String(entry.got),
        short(entry.absoluteError),
      ]);
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

/** A number with three digits. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}
