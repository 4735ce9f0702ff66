// The pictures of the essay "How a numerical gradient became as cheap as backprop".
import { readFileSync } from "node:fs";
import { loadMnist } from "numgrad";
import { type FigureSpec, type Theme, themeConfig } from "numgrad-figures";
import { mnistDirectory } from "numgrad-mnist-files";
import type { Draw } from "../drawings.js";
import { countEvaluations, countPixels } from "./counts.js";
import { changesOfUnit, errorsOverSteps, trainShortly } from "./measurements.js";

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

interface Race {
  readonly name: string;
  readonly numerical?: { readonly ms: number } | null;
}

/** Times of the programs in docs/peers.json, in milliseconds: of one gradient by central differences. */
export function racedTimes(): Record<"book" | "rows" | "lit" | "numgrad", number> {
  const text = readFileSync(new URL("../../../../docs/peers.json", import.meta.url), "utf8");
  const { peers } = JSON.parse(text) as { peers: readonly Race[] };
  const time = (name: string) => peers.find((peer) => peer.name === name)?.numerical?.ms ?? Number.NaN;
  return {
    book: time("numpy-book"),
    rows: time("numpy-row-wise"),
    lit: time("numpy-row-wise-lit"),
    numgrad: time("numgrad-numerical"),
  };
}

/** Draws the pictures. Each is a function of the theme. */
export async function essayDrawings(): Promise<Record<string, Draw>> {
  const { train: images } = await loadMnist({ directory: mnistDirectory() });
  const evaluations = countEvaluations(countPixels(images));
  const net = await trainShortly(images);
  const changes = changesOfUnit(net, images);
  const errors = errorsOverSteps(net, images);
  net.dispose();
  return {
    "essay-times": (theme) =>
      bars(theme, "One gradient by central differences", "milliseconds, on a logarithmic axis", timeBars()),
    "essay-evaluations": (theme) =>
      bars(theme, "Losses of one sample that have to be evaluated", "for a mini-batch of 100 images", [
        bar("the book’s loop", evaluations.loop),
        bar("without black pixels", evaluations.lit),
        bar("once for each value", evaluations.values),
      ]),
    "essay-values": (theme) => ({
      ...frame(theme, "The quotients of 784 weights, for one image", 480, 260),
      data: { values: changes },
      mark: { type: "circle", opacity: 0.6, color: colours(theme)[0]! },
      encoding: {
        size: { field: "weights", type: "quantitative", scale: { type: "sqrt", range: [24, 420] }, legend: null },
        x: { field: "value", type: "quantitative", title: "value of the weight’s pixel", scale: { domain: [0, 255] } },
        y: { field: "quotient", type: "quantitative", title: "(l(w + h) − l(w − h)) / 2h", scale: { zero: true } },
      },
    }),
    "essay-cancellation": (theme) => ({
      ...frame(theme, "The error of one weight’s quotient over h", 480, 280),
      data: { values: errors },
      mark: { type: "line", point: { size: 34 }, strokeWidth: 2 },
      encoding: {
        x: { ...power("h", "h"), scale: { type: "log", domain: [1e-12, 1] } },
        y: { ...power("error", "relative error"), scale: { type: "log", domain: [1e-16, 10], clamp: true } },
        color: {
          field: "way",
          type: "nominal",
          title: null,
          scale: {
            domain: ["L(w + h) − L(w − h), subtracted", "each change formed by itself"],
            range: [colours(theme)[4]!, colours(theme)[0]!],
          },
          legend: { symbolType: "stroke", symbolOpacity: 1 },
        },
      },
    }),
  };
}

function timeBars(): Bar[] {
  const { book, rows, lit, numgrad } = racedTimes();
  const time = (label: string, ms: number) => ({ label, value: ms, text: formatTime(ms) });
  return [
    time("NumPy, the book’s loop", book),
    time("NumPy, one row of W1 at a time", rows),
    time("the same, lit pixels only", lit),
    time("numgrad", numgrad),
  ];
}

function bar(label: string, value: number): Bar {
  return { label, value, text: formatCount(value) };
}

/** Bars on a logarithmic axis, in the order of the list, with their values as texts. */
function bars(theme: Theme, title: string, subtitle: string, values: readonly Bar[]): FigureSpec {
  const least = 10 ** Math.floor(Math.log10(Math.min(...values.map(({ value }) => value)) / 2));
  const y = {
    field: "label",
    type: "nominal" as const,
    sort: null,
    title: null,
    axis: { ticks: false, domain: false },
  };
  const x = {
    field: "value",
    type: "quantitative" as const,
    title: null,
    scale: { type: "log" as const, domainMin: least, domainMax: 4 * Math.max(...values.map(({ value }) => value)) },
    axis: null,
  };
  return {
    ...frame(theme, title, 420, 34 * values.length, subtitle),
    data: { values: values.map((each) => ({ ...each, least })) },
    layer: [
      {
        mark: { type: "bar", height: 18, color: colours(theme)[0]! },
        encoding: { y, x, x2: { field: "least" } },
      },
      {
        mark: { type: "text", align: "left", dx: 6 },
        encoding: { y, x, text: { field: "text" } },
      },
    ],
  };
}

function frame(theme: Theme, title: string, width: number, height: number, subtitle?: string) {
  const heading = subtitle === undefined ? title : { text: title, subtitle };
  return { description: title, title: heading, width, height, config: themeConfig(theme) };
}

/** An axis whose labels are powers of ten. */
function power(field: string, title: string) {
  return {
    field,
    type: "quantitative" as const,
    title,
    axis: { format: ".0e", values: Array.from({ length: 9 }, (_, i) => 10 ** (-2 * i)) },
  };
}

function colours(theme: Theme): readonly string[] {
  return themeConfig(theme).range?.category as readonly string[];
}

/** Milliseconds to three digits, in seconds from one second on. */
export function formatTime(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toPrecision(3)} s` : `${ms.toPrecision(3)} ms`;
}

/** A count to three digits, with its thousands apart. */
export function formatCount(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}
