// Draws the figures of a run: as files, and in four variants for the report.
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

/** The data that the figures show. */
export interface Drawn {
  readonly losses: readonly number[];
  readonly evaluations: readonly Evaluation[];
  readonly test: Dataset;
  /** Confusion matrix of the test images. */
  readonly confusion: Matrix;
  /** The mistakes that are shown. */
  readonly mistakes: readonly Mistake[];
  /** Incoming weights of the units that are shown, [pixels, units]. */
  readonly weights: Matrix;
}

/** Options that differ between the variants of a figure. */
interface Look {
  readonly theme?: Theme;
  readonly title?: string;
  readonly background?: string;
  readonly narrow?: boolean;
}

/** Draws a variant of a figure. */
type Draw = (look: Look) => FigureSpec;

/**
 * Draws each figure for a file: with its title, for light pages and paper. A figure that would show nothing is left
 * out.
 */
export async function drawFiles(drawn: Drawn): Promise<Map<FigureName, string>> {
  const files = new Map<FigureName, string>();
  for (const [name, { title, draw }] of figuresOf(drawn)) files.set(name, await renderSvg(draw({ title })));
  return files;
}

/**
 * Draws the named figures for the report: without titles, because it has headings, and with transparent backgrounds.
 */
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

/** Size of a plot in pixels. A plot for a file has the default size of numgrad-figures. */
function plot(narrow: boolean | undefined): { width?: number; height?: number } {
  if (narrow === undefined) return {};
  return narrow ? { width: 240, height: 200 } : { width: 440, height: 290 };
}

/**
 * Adapts a figure to the card around it in the report: the card is its margin, and in a narrow card the entries of a
 * legend stand one below the other.
 */
function inCard(spec: FigureSpec, narrow: boolean): FigureSpec {
  const { legend, ...config } = spec.config ?? {};
  return { ...spec, config: { ...config, padding: 2, legend: narrow ? { ...legend, columns: 1 } : { ...legend } } };
}
