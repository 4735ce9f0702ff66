import { ArgumentError, type Matrix, ShapeError } from "numgrad";
import { checkOptions, checkTexts, readRows } from "../arguments.js";
import {
  completeFigure,
  FIGURE_OPTIONS,
  type FigureOptions,
  type FigureSpec,
  type Palette,
  readPlot,
} from "../theme.js";

/** Options of `confusionFigure`. */
export interface ConfusionFigureOptions extends FigureOptions {
  /** The matrix, shape [classes, classes]. Row r, column c is the number of samples of class r predicted as class c. */
  matrix: Matrix | ArrayLike<ArrayLike<number>>;
  /** Names of the classes; the numbers of the classes if omitted. */
  classes?: readonly string[] | undefined;
}

const NAMES = [...FIGURE_OPTIONS, "matrix", "classes"];

/** Largest number of classes for which the counts fit into the cells. */
const MOST_NUMBERS = 30;

/**
 * Draws a confusion matrix. Each cell has its count, on a colour for the share of the actual class. The colours follow
 * the square root of the share, because the errors of a good classifier are few.
 *
 * @throws {ArgumentError} if an option is unknown or wrong, or if a count is negative.
 * @throws {ShapeError} if the matrix is not square, or if there is not one name for each class.
 * @example
 * ```ts
 * confusionFigure({ matrix: [[980, 0], [15, 1120]] });
 * ```
 */
export function confusionFigure(options: ConfusionFigureOptions): FigureSpec {
  checkOptions(options, NAMES);
  const rows = readRows("options.matrix", options.matrix);
  const count = rows.length;
  if (rows[0]!.length !== count)
    throw new ShapeError("options.matrix", "as many columns as rows", `[${count}, ${rows[0]!.length}]`);
  const { classes = rows.map((_, i) => String(i)) } = options;
  checkTexts("options.classes", classes, count);
  const { palette } = readPlot(options, 0.1, 0.1);

  const values = toCells(rows);
  const cell = count <= 12 ? 36 : count <= MOST_NUMBERS ? 30 : 12;
  const labels = { labelExpr: `${JSON.stringify(classes)}[datum.value]`, ticks: false, domain: false, labelAngle: 0 };
  const slanted = classes.some((name) => name.length * 7 > cell);
  return completeFigure(options, `A confusion matrix of ${count} classes`, {
    width: cell * count,
    height: cell * count,
    data: { values },
    encoding: {
      x: {
        field: "predicted",
        type: "ordinal",
        title: "predicted class",
        axis: slanted ? { ...labels, labelAngle: -40 } : labels,
        scale: { padding: 0.04 },
      },
      y: { field: "actual", type: "ordinal", title: "actual class", axis: labels, scale: { padding: 0.04 } },
      tooltip: ["actual", "predicted", "count"].map((field) => ({ field, type: "quantitative" as const })),
    },
    layer: [
      {
        mark: { type: "rect", cornerRadius: 2, aria: false },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            title: ["share of the", "actual class"],
            scale: { type: "sqrt", domain: [0, 1], range: [...palette.sequential], interpolate: "lab" },
            legend: {
              orient: "right",
              format: ".0%",
              values: [0, 0.01, 0.05, 0.2, 0.5, 1],
              gradientLength: cell * Math.min(count, 8),
            },
          },
        },
      },
      ...(count > MOST_NUMBERS ? [] : [numbersOn(palette)]),
    ],
  });
}

/** One row of data for each cell of the matrix. */
function toCells(rows: readonly ArrayLike<number>[]) {
  return rows.flatMap((row, actual) => {
    const total = Array.from(row).reduce((sum, count) => sum + count, 0);
    return Array.from(row, (count, predicted) => {
      if (count < 0) throw new ArgumentError(`options.matrix[${actual}][${predicted}]`, "a count", String(count));
      return { actual, predicted, count, share: total === 0 ? 0 : count / total };
    });
  });
}

/**
 * The counts, in a colour that is readable on that of the cell. Zeros are left out, because they are most of the
 * matrix.
 */
function numbersOn({ background, text }: Palette) {
  return {
    transform: [{ filter: "datum.count > 0" }],
    mark: { type: "text" as const, fontSize: 11, aria: false },
    encoding: {
      text: { field: "count", type: "quantitative" as const, format: "~d" },
      color: { condition: { test: "datum.share > 0.35", value: background }, value: text },
    },
  };
}
