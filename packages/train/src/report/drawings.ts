// The figures of a run: as files, and in four variants for the report.
import type { Dataset, Evaluation, Matrix } from "numgrad";
import {
  accuracyFigure,
  confusionFigure,
  type FigureSpec,
  imagesFigure,
  lossFigure,
  type Theme,
  weightsFigure,
} from "numgrad-figures";
import { renderSvg } from "numgrad-figures/node";
import type { Mistake } from "numgrad-predictions";
import type { Variants } from "./picture.js";
import type { FigureName } from "./report.js";

/** What the figures show. */
export interface Drawn {
  readonly losses: readonly number[];
  readonly evaluations: readonly Evaluation[];
  readonly test: Dataset;
  /** Of the test images. */
  readonly confusion: Matrix;
  /** Those to be shown. */
  readonly mistakes: readonly Mistake[];
  /** Incoming weights of the units to be shown, [pixels, units]. */
  readonly weights: Matrix;
}

/** What a variant is drawn with. */
interface Look {
  readonly theme?: Theme;
  readonly title?: string;
  readonly background?: string;
  readonly narrow?: boolean;
}

/** Draws a figure. */
type Draw = (look: Look) => FigureSpec;

/** Each figure as a file: with its title, for light pages and paper. Those that would show nothing are left out. */
export async function drawFiles(drawn: Drawn): Promise<Map<FigureName, string>> {
  const files = new Map<FigureName, string>();
  for (const [name, { title, draw }] of figuresOf(drawn)) files.set(name, await renderSvg(draw({ title })));
  return files;
}

/** The named figures for the report, which has headings of its own and grounds that shine through. */
export async function drawVariants(drawn: Drawn, names: readonly FigureName[]): Promise<Map<FigureName, Variants>> {
  const variants = new Map<FigureName, Variants>();
  for (const [name, { draw }] of figuresOf(drawn)) {
    if (!names.includes(name)) continue;
    const render = (theme: Theme, narrow: boolean) =>
      renderSvg(inCard(draw({ theme, narrow, background: "transparent" }), narrow));
    const both = async (narrow: boolean) => ({
      light: await render("light", narrow),
      dark: await render("dark", narrow),
    });
    variants.set(name, { wide: await both(false), narrow: await both(true) });
  }
  return variants;
}

function figuresOf({ losses, evaluations, test, confusion, mistakes, weights }: Drawn) {
  const figures = new Map<FigureName, { title: string; draw: Draw }>();
  if (losses.length > 1) {
    const draw: Draw = ({ narrow, ...look }) => lossFigure({ ...look, ...plot(narrow), losses });
    figures.set("losses", { title: "Loss of each mini-batch", draw });
  }
  if (evaluations.length > 1) {
    const draw: Draw = ({ narrow, ...look }) => accuracyFigure({ ...look, ...plot(narrow), evaluations });
    figures.set("accuracies", { title: "Accuracy during training", draw });
  }
  figures.set("confusion", {
    title: `What the ${test.size.toLocaleString("en-US")} test images were taken for`,
    draw: ({ narrow: _, ...look }) => confusionFigure({ ...look, matrix: confusion }),
  });
  if (mistakes.length > 0) {
    const shown = {
      data: test,
      indices: mistakes.map(({ index }) => index),
      predictions: mistakes.map(({ predicted }) => predicted),
      probabilities: mistakes.map(({ probability }) => probability),
    };
    const draw: Draw = ({ narrow, ...look }) => imagesFigure({ ...look, ...shown, columns: narrow ? 4 : 10 });
    figures.set("mistakes", { title: "The most confident mistakes", draw });
  }
  const shown = { weights, rows: test.rows, cols: test.cols };
  const draw: Draw = ({ narrow, ...look }) => weightsFigure({ ...look, ...shown, columns: narrow ? 5 : 10 });
  figures.set("weights", { title: "What the hidden units look at", draw });
  return figures;
}

/** Size of a plot in pixels; that of the figures themselves where it is for a file. */
function plot(narrow: boolean | undefined): { width?: number; height?: number } {
  if (narrow === undefined) return {};
  return narrow ? { width: 240, height: 200 } : { width: 440, height: 290 };
}

/**
 * In the report the card around a figure is its margin; and on a narrow page the entries of a legend stand one below the
 * other.
 */
function inCard(spec: FigureSpec, narrow: boolean): FigureSpec {
  const { legend, ...config } = spec.config ?? {};
  return { ...spec, config: { ...config, padding: 2, legend: narrow ? { ...legend, columns: 1 } : { ...legend } } };
}
