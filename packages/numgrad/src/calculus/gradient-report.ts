/** An element of a gradient, or a direction, where two gradients were compared. */
export interface GradientEntry {
  /** Flat index of the element of x; for a direction its number. */
  readonly index: number;
  /** The difference quotient. */
  readonly expected: number;
  /** What the gradient that was checked has there. */
  readonly got: number;
  /** |expected − got|. NaN if `got` is. */
  readonly absoluteError: number;
  /** |expected − got| / max(|expected|, |got|, atol / rtol). NaN if `got` is. */
  readonly relativeError: number;
}

/** What a {@link GradientReport} is made from. */
export interface GradientReportFields {
  readonly entries: readonly GradientEntry[];
  /** How many of the entries, which come first, are beyond the tolerance. */
  readonly wrong: number;
  readonly failures: number;
  readonly checked: number;
  readonly size: number;
  readonly directions: boolean;
  readonly atol: number;
  readonly rtol: number;
  readonly maxAbsoluteError: number;
  readonly maxRelativeError: number;
  readonly label: (index: number) => string;
}

/** What `checkGradient` found. It prints as a table of the worst entries. */
export class GradientReport {
  /** Whether every entry that was compared is within the tolerance. */
  readonly ok: boolean;
  /** Largest |expected − got|; NaN if one is NaN. */
  readonly maxAbsoluteError: number;
  /** Largest |expected − got| / max(|expected|, |got|, atol / rtol); NaN if one is NaN. */
  readonly maxRelativeError: number;
  /** The worst entries, the worst first: failures, and if there are none what came closest. At most ten. */
  readonly worst: readonly GradientEntry[];
  /** How many of the compared entries are beyond the tolerance. */
  readonly failures: number;
  /** How many elements, or directions, were compared. */
  readonly checked: number;
  /** Elements of x. */
  readonly size: number;
  /** Whether random directions were compared instead of every element. */
  readonly directions: boolean;
  /**
   * An entry passes if |expected − got| ≤ atol + rtol·|expected|; for a direction, the root mean
   * square of the gradient's elements stands for |expected|.
   */
  readonly atol: number;
  /** See `atol`. */
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
    // What Node prints for `console.log(report)`. As a method of the class its name would be a call at the top, and bundlers
    // would keep the class in every program.
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => this.toString() });
  }

  /** The verdict, and a table of the worst entries that failed. */
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
    const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
    return all
      .map((row) =>
        row
          .map((cell, i) => cell.padEnd(widths[i] as number))
          .join("  ")
          .trimEnd(),
      )
      .map((line) => `  ${line}`);
  }
}

/** A number as far as one looks at it. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}
