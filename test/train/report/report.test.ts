import { describe, expect, test } from "vitest";
import { type Options, parseOptions } from "../../../packages/train/src/options.js";
import type { Variants } from "../../../packages/train/src/report/picture.js";
import { type FigureName, formatReport, type Report } from "../../../packages/train/src/report/report.js";
import { outsideOf, picturesIn, tagsThatDoNotMatch, textOf } from "./page.js";

const svg = (name: string) =>
  `<svg width="40" height="30" viewBox="0 0 40 30"><text>${name} 100% #1 "&amp;"</text></svg>\n`;
const variants = (name: string): Variants => ({
  wide: { light: svg(`${name} wide light`), dark: svg(`${name} wide dark`) },
  narrow: { light: svg(`${name} narrow light`), dark: svg(`${name} narrow dark`) },
});
const figures = (...names: FigureName[]) => new Map(names.map((name) => [name, variants(name)]));

const { hyperparameters } = parseOptions("--steps 1200 --batch-size 10 --hidden 5 --seed 3".split(" ")) as Options;

const report: Report = {
  hyperparameters,
  dataDirectory: "some/where",
  layers: [6, 5, 3],
  totalSteps: 1200,
  outcome: {
    status: "finished",
    steps: 1200,
    milliseconds: 2900,
    threads: 1,
    pace: { steps: 1200, milliseconds: 2400 },
    trainAccuracy: 0.9,
    testAccuracy: 0.75,
  },
  epochs: 12,
  losses: [1.1, 0.6, 0.4],
  evaluations: [{ step: 0, epoch: 0, trainAccuracy: 0.3, testAccuracy: 0.25, time: Number.NaN }],
  trainSize: 1000,
  test: { size: 8, rows: 2, cols: 3 },
  confusion: { shape: [3, 3], data: Float64Array.of(4, 0, 0, 1, 2, 1, 0, 0, 0) },
  mistakes: [
    { index: 7, label: 1, predicted: 0, probability: 0.987 },
    { index: 2, label: 1, predicted: 2, probability: 0.5 },
  ],
  units: 5,
  figures: figures("losses", "accuracies", "mistakes", "weights"),
  environment: [["numgrad", "1.2.3"]],
  ended: new Date("2026-11-22T06:54:00Z"),
};

describe("the report", () => {
  const page = formatReport(report);
  const text = textOf(page);

  test("is a complete page whose tags match, with headings in order and tables with captions", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/);
    expect(tagsThatDoNotMatch(page)).toEqual([]);
    expect(page.match(/<h\d/g)).toEqual(["<h1", "<h2", "<h2", "<h2", "<h2", "<h2"]);
    expect(page.match(/<table/g)).toHaveLength(7);
    expect(page.match(/<table[^>]*><caption>./g)).toHaveLength(7);
  });

  test("says what was trained, how the run ended, and with which machine and versions", () => {
    expect(text).toContain("A 6-5-3 network, trained by central differences");
    expect(text).toMatch(/1,200 steps on mini-batches of 10 out of 1,000 images,\s+learning rate 0\.1, seed 3\./);
    expect(text).toContain("22 November 2026 at 06:54 UTC");
    expect(text).toMatch(/Test accuracy75\.00%of 8 images\s+Training accuracy90\.00%of 1,000 images/);
    expect(text).toMatch(
      /Loss0\.700nats, mean of 3 steps\s+Steps1,20012\.0 epochs\s+Training time2\.9 s2\.0 ms per step/,
    );
    expect(text).toMatch(/Parameters536-5-3/);
    expect(text).toMatch(/Gradientcentral differences, h = 0\.0001/);
    expect(text).toMatch(/Datasome\/where\s/);
    expect(text).toContain("numgrad1.2.3");
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    expect(page).not.toContain('notice"');
  });

  test("has a confusion matrix in numbers, coloured by the share of the class", () => {
    const [, matrix] = /<table class="matrix">(.*?)<\/table>/s.exec(page)!;
    const rows = Array.from(matrix!.matchAll(/<tr><th scope="row">(\d)<\/th>(.*)<\/tr>/g), ([, label, cells]) => [
      label,
      ...Array.from(cells!.matchAll(/<td class="(\w*)"(?: style="--p:(\d+)%")?>(\d+)/g), (cell) => cell.slice(1)),
    ]);
    const none = ["none", undefined, "0"];
    expect(rows).toEqual([
      ["0", ["strong", "100", "4"], none, none],
      ["1", ["weak", "50", "1"], ["weak", "71", "2"], ["weak", "50", "1"]],
      ["2", none, none, none],
    ]);
  });

  test("has the accuracy of each class, and the class for which it is mistaken", () => {
    const [, classes] = /Accuracy per class\..*?<tbody>(.*?)<\/tbody>/s.exec(page)!;
    const rows = classes!.trim().split("\n");
    expect(rows.map((row) => textOf(row.replaceAll("</t", " </t")).trim())).toEqual([
      "0 100.0% 4 –",
      "1 50.0% 4 0 (1×)",
      "2 – 0 –",
    ]);
  });

  test("has each figure for both themes, wide and narrow, with a description and its size", () => {
    const pictures = picturesIn(page);
    expect(pictures.map(({ sources }) => sources)).toEqual(
      ["losses", "accuracies", "mistakes", "weights"].map((name) => ({
        "screen and (prefers-color-scheme: dark) and (max-width: 40em)": svg(`${name} narrow dark`).trim(),
        "(max-width: 40em)": svg(`${name} narrow light`).trim(),
        "screen and (prefers-color-scheme: dark)": svg(`${name} wide dark`).trim(),
        "": svg(`${name} wide light`).trim(),
      })),
    );
    for (const { alt } of pictures) expect(alt.length).toBeGreaterThan(30);
    expect(pictures[0]!.alt).toBe("Loss of each of 3 steps, and its moving average: 1.10 at first, 0.40 at last");
    expect(page.match(/ width="40" height="30"/g)).toHaveLength(16);
  });

  test("lists the mistakes and the accuracies", () => {
    const cells = (row: RegExp) => textOf(row.exec(page)![0].replaceAll("</td>", " "));
    expect(cells(/<tr><td class="number">7<.*/)).toBe("7 1 0 98.70% ");
    expect(cells(/<tr><td class="number">0<.*/)).toBe("0 0 30.00% 25.00% – ");
    expect(text).toContain("2 of 8 test images were taken for something else.");
  });

  test("loads nothing: its policy forbids it, and there is nothing to load", () => {
    expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(outsideOf(page)).toEqual([]);
    const links = Array.from(page.matchAll(/\s(?:src|srcset|href)="([^"]*)"/g), ([, link]) => link!);
    expect(links).toHaveLength(17);
    for (const link of links) expect(link).toMatch(/^data:(image\/svg\+xml,[^\s"<>&#]*)?,?$/);
  });

  test("the check finds everything that would load something", () => {
    const figure = (svg: string) => ({
      ...report,
      figures: new Map([["losses", { ...variants("losses"), wide: { light: svg, dark: svg } }]]),
    });
    const hostile = [
      page.replace("<main>", '<main><img src="x.png">'),
      page.replace("<main>", "<main><script>"),
      page.replace("<main>", '<main onclick="f()">'),
      page.replace("</style>", "@import 'x'</style>"),
      formatReport(figure('<svg><image xlink:href="http://example.org/x.png"/></svg>') as Report),
      formatReport(figure('<svg><path fill="url(x.svg#a)"/></svg>') as Report),
    ];
    for (const page of hostile) expect(outsideOf(page).length).toBeGreaterThan(0);
  });

  test("a run that was stopped or diverged says so at its top", () => {
    const outcome = { ...report.outcome, steps: 12 };
    const stopped = textOf(formatReport({ ...report, outcome: { ...outcome, status: "aborted" } }));
    expect(stopped).toContain("Stopped after 12 of 1,200 steps.");
    const diverged = textOf(formatReport({ ...report, outcome: { ...outcome, status: "diverged" } }));
    expect(diverged).toContain("Diverged after 12 of 1,200 steps");
  });

  test("without steps, evaluations or mistakes it says why there is no figure", () => {
    const outcome = { ...report.outcome, status: "diverged", steps: 0, testAccuracy: 1 } as const;
    const data = Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 0);
    const empty = { outcome, epochs: 0, losses: [], evaluations: [], mistakes: [], figures: figures("weights") };
    const bare = formatReport({ ...report, ...empty, confusion: { shape: [3, 3], data } });
    expect(tagsThatDoNotMatch(bare)).toEqual([]);
    expect(textOf(bare).match(/Too few steps were made for a curve\./g)).toHaveLength(2);
    expect(textOf(bare)).toContain("There are none: every test image was recognised.");
    expect(textOf(bare)).toMatch(/Loss–\s+Steps0/);
    expect(textOf(bare)).not.toMatch(/undefined|NaN|Infinity/);
    expect(picturesIn(bare)).toHaveLength(1);
  });

  test("images for which the network overflows are counted and left out", () => {
    const half = { shape: [3, 3], data: Float64Array.of(1, 0, 0, 2, 1, 0, 0, 0, 0) } as const;
    expect(textOf(formatReport({ ...report, confusion: half }))).toContain("Overflow in 4 of 8 test images");
    const right = { shape: [3, 3], data: Float64Array.of(3, 0, 0, 0, 4, 0, 0, 0, 0) } as const;
    const noMistake = textOf(formatReport({ ...report, confusion: right, mistakes: [], figures: new Map() }));
    expect(noMistake).toContain("Overflow in 1 of 8 test images");
    expect(noMistake).toContain("There are none: every test image that was taken for anything was recognised.");
    const none = { shape: [3, 3], data: new Float64Array(9) } as const;
    const bare = textOf(formatReport({ ...report, confusion: none, mistakes: [], figures: new Map() }));
    expect(bare).toContain("No image was taken for anything.");
    expect(bare).not.toMatch(/NaN/);
  });

  test("with many classes the confusion matrix is a figure; with many units the report says which are shown", () => {
    const classes = 21;
    const confusion = { shape: [classes, classes], data: new Float64Array(classes * classes) } as const;
    const many = formatReport({
      ...report,
      layers: [6, 500, classes],
      confusion,
      units: 100,
      figures: figures("confusion"),
    });
    expect(many).not.toContain('class="matrix"');
    expect(picturesIn(many).map(({ alt }) => alt)).toEqual(["Confusion matrix of 21 classes, in colours"]);
    expect(textOf(many)).not.toContain("The incoming weights of all");
    const some = formatReport({ ...report, layers: [6, 500, 3], units: 100 });
    expect(textOf(some)).toContain("The incoming weights of 100 of 500 hidden units");
  });
});
