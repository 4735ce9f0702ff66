import { type FigureSpec, themeConfig } from "numgrad-figures";
import { renderSvg } from "numgrad-figures/node";
import type { RaceResult } from "./harness.js";

/** A point of the figure. */
interface Point {
  readonly hidden: number;
  readonly batch: number;
  readonly contender: string;
  readonly gradient: string;
  readonly milliseconds: number;
}

/** Vega's expression of a panel's heading. */
const BATCH_LABEL = "datum.value == 1 ? '1 image' : 'batch of ' + format(datum.value, ',')";

/**
 * How the time of a training step grows with the hidden layer, a panel for each batch size, both axes logarithmic: SVG,
 * drawn by Vega-Lite without a browser.
 *
 * @param caption Lines below the title.
 * @param races Races with `at: { hidden, batch }` whose contenders are named `who, gradient`.
 */
export async function growthFigure(races: readonly RaceResult[], caption: readonly string[]): Promise<string> {
  const spec: FigureSpec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: "Time of one training step", subtitle: [...caption] },
    config: themeConfig("light"),
    data: { values: races.flatMap(pointsOf) },
    facet: {
      column: { field: "batch", type: "ordinal", title: null, header: { labelFontSize: 12, labelExpr: BATCH_LABEL } },
    },
    spec: {
      width: 210,
      height: 260,
      encoding: {
        x: {
          field: "hidden",
          type: "quantitative",
          title: "hidden units",
          scale: { type: "log", domain: [8, 500], nice: false },
          axis: { values: [10, 50, 100, 400], format: "d" },
        },
        y: {
          field: "milliseconds",
          type: "quantitative",
          title: "milliseconds (median)",
          scale: { type: "log" },
          // Powers of ten, as numbers: 0.01, 0.1, 1, 10.
          axis: { values: [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000], format: "~g" },
        },
        color: {
          field: "contender",
          type: "nominal",
          sort: null,
          title: null,
          legend: { symbolType: "stroke" },
        },
      },
      // The points are a layer of their own. If they belonged to the line's layer, the legend would show them instead
      // of it.
      layer: [
        {
          mark: { type: "line", strokeWidth: 1.8 },
          encoding: {
            strokeDash: { field: "gradient", type: "nominal", sort: ["numerical", "backprop"], title: null },
          },
        },
        { mark: { type: "point", filled: true, size: 30, opacity: 1 }, encoding: { detail: { field: "gradient" } } },
      ],
    },
    resolve: { scale: { y: "shared" } },
  };
  return renderSvg(spec);
}

function pointsOf({ at, timings }: RaceResult): Point[] {
  return timings.map(({ name, median }) => {
    const comma = name.lastIndexOf(", ");
    return {
      hidden: at!.hidden!,
      batch: at!.batch!,
      contender: name.slice(0, comma),
      gradient: name.slice(comma + 2),
      milliseconds: median,
    };
  });
}
