import { type FigureSpec, type Theme, themeConfig } from "numgrad-figures";
import type { Plan } from "../run/plan.js";
import { variedOptions } from "../sweep/trials.js";
import type { TrialResult } from "../trial/job.js";
import type { Setting } from "./leaderboard.js";

/** Axes of accuracies, and heights in parallel coordinates. */
const DOMAIN: number[] = [0, 1];

/** The figures of a sweep by the names of their files. Figures that would show nothing are left out. */
export function figuresOf(plan: Plan, settings: readonly Setting[], results: readonly TrialResult[], theme: Theme) {
  const figures = new Map<string, FigureSpec>();
  if (plan.sweep.options.learningRate !== undefined && typeof plan.sweep.options.learningRate === "object") {
    figures.set("learning-rates", learningRatesFigure(settings, theme));
  }
  if (variedOptions(plan.sweep).length > 1) figures.set("parallel", parallelFigure(plan, results, theme));
  return figures;
}

/** Accuracy over the learning rate: a line for each gradient, a plot for each hidden size, bars from seed to seed. */
function learningRatesFigure(settings: readonly Setting[], theme: Theme): FigureSpec {
  const values = settings
    .filter(({ mean }) => !Number.isNaN(mean))
    .map(({ options, mean, least, most }) => ({
      learningRate: options.learningRate,
      hidden: `${options.hidden} hidden units`,
      gradient: options.gradient === "numerical" ? "central differences" : "backpropagation",
      ...{ mean, least, most },
    }))
    // What is drawn last lies on top: dashes leave the line below them visible.
    .sort((a, b) => a.gradient.localeCompare(b.gradient));
  const x = {
    field: "learningRate",
    type: "quantitative",
    title: "learning rate",
    scale: { type: "log", nice: false },
    axis: { format: "~g", ...powersOfTen(values.map(({ learningRate }) => learningRate)) },
  } as const;
  const y = (field: string) =>
    ({
      field,
      type: "quantitative",
      title: "test accuracy",
      scale: { domain: DOMAIN },
      axis: { format: ".0%", tickCount: 5 },
    }) as const;
  const gradient = { field: "gradient", type: "nominal", title: null, legend: { symbolType: "stroke" } } as const;
  const [color, strokeDash] = [gradient, gradient];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: "Test accuracy over the learning rate, with the spread over seeds",
    data: { values },
    facet: { field: "hidden", type: "nominal", title: null, sort: null, columns: 2 },
    spec: {
      width: 380,
      height: 240,
      layer: [
        {
          mark: { type: "line", strokeWidth: 2 },
          encoding: { x, y: y("mean"), color, strokeDash, detail: [{ field: "hidden" }] },
        },
        {
          mark: { type: "rule", strokeWidth: 1.5, opacity: 0.8 },
          encoding: { x, y: y("least"), y2: { field: "most" }, color },
        },
        { mark: { type: "point", filled: true, size: 34, opacity: 1 }, encoding: { x, y: y("mean"), color } },
      ],
    },
    config: themeConfig(theme),
  } as FigureSpec;
}

/** Marks of an axis at the powers of ten between some numbers; those of Vega if there are fewer than two. */
function powersOfTen(numbers: readonly number[]): { values?: number[] } {
  const logarithms = numbers.map(Math.log10);
  const low = Math.ceil(logarithms.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - 1e-9);
  const high = Math.floor(logarithms.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) + 1e-9);
  const every = Math.ceil((high - low + 1) / 10);
  const values: number[] = [];
  for (let power = low; power <= high; power += every) values.push(Number(`1e${power}`));
  return values.length < 2 ? {} : { values };
}

/** Lines in parallel coordinates. More of them would only hide each other, in a file that no browser opens. */
const MOST_LINES = 2000;

/**
 * Parallel coordinates: each trial is a line through its options to its accuracy, which is its colour. Of a large sweep
 * every second, third, … trial is shown.
 */
function parallelFigure(plan: Plan, all: readonly TrialResult[], theme: Theme): FigureSpec {
  const every = Math.ceil(all.length / MOST_LINES);
  const results = all.filter((_, i) => i % every === 0);
  const names = [...variedOptions(plan.sweep).map(([name]) => name as string), "testAccuracy"];
  const axes = names.map((name) => coordinate(results.map((result) => valueIn(result, name))));
  const values = results.flatMap((result, i) =>
    names.map((name, n) => ({
      trial: i,
      axis: name,
      at: axes[n]!(valueIn(result, name)),
      accuracy: result.testAccuracy,
    })),
  );
  const ends = names.flatMap((name, n) => {
    const known = results.map((result) => valueIn(result, name)).filter((value) => value !== undefined);
    const distinct = [...new Set(known)].sort((a, b) => axes[n]!(a)! - axes[n]!(b)!);
    return [distinct.at(0), distinct.at(-1)].map((value) => ({
      axis: name,
      at: axes[n]!(value),
      label: labelOf(value),
    }));
  });
  const x = { field: "axis", type: "nominal", title: null, sort: names, axis: { labelAngle: 0, grid: true } } as const;
  const y = { field: "at", type: "quantitative", axis: null, scale: { domain: DOMAIN } } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: "Options and accuracy of each trial in parallel coordinates",
    width: 130 * names.length,
    height: 280,
    layer: [
      {
        data: { values: values.filter(({ at }) => at !== undefined) },
        mark: { type: "line", strokeWidth: 1.3, opacity: 0.6 },
        encoding: {
          ...{ x, y, detail: { field: "trial", type: "nominal" } },
          color: {
            field: "accuracy",
            type: "quantitative",
            title: "test accuracy",
            scale: { scheme: "viridis", domain: DOMAIN },
            legend: { format: ".0%" },
          },
        },
      },
      {
        data: { values: ends },
        mark: { type: "text", dx: 6, align: "left", fontSize: 11 },
        encoding: { x, y, text: { field: "label" } },
      },
    ],
    config: themeConfig(theme),
  } as FigureSpec;
}

function valueIn(result: TrialResult, name: string): unknown {
  return name === "testAccuracy" ? result.testAccuracy : (result.options as unknown as Record<string, unknown>)[name];
}

function labelOf(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : String(value ?? "");
}

/** Gives each value a height from 0 to 1: numbers by their size, or its logarithm if they span powers of ten. */
function coordinate(values: readonly unknown[]): (value: unknown) => number | undefined {
  const numbers = values.filter((value): value is number => typeof value === "number");
  if (numbers.length === 0) {
    const words = [...new Set(values)];
    return (value) => (value === undefined ? undefined : words.indexOf(value) / Math.max(1, words.length - 1));
  }
  const low = numbers.reduce((least, value) => Math.min(least, value));
  const high = numbers.reduce((most, value) => Math.max(most, value));
  const scale = low > 0 && high / low >= 100 ? Math.log10 : (x: number) => x;
  const width = scale(high) - scale(low) || 1;
  return (value) => (typeof value === "number" ? (scale(value) - scale(low)) / width : undefined);
}
