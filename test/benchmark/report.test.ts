import { describe, expect, test } from "vitest";
import { describeMachine, formatMachine } from "../../packages/benchmark/src/machine.js";
import type { GroupResult } from "../../packages/benchmark/src/races/setting.js";
import { markdownTable, readSection, replaceSection } from "../../packages/benchmark/src/report.js";
import { formatDuration, formatRatio, markdownOf, tableOf, textTable } from "../../packages/benchmark/src/tables.js";

describe("sections of a document", () => {
  const document = "# A\n\n<!-- bench -->\n\nold\n\n<!-- /bench -->\n\n<!-- peers -->\n\nkept\n\n<!-- /peers -->\n";

  test("replacing one leaves everything else as it was", () => {
    expect(replaceSection(document, "bench", "new\n")).toBe(document.replace("old", "new"));
  });

  test("one that is not there is added at the end, also to nothing", () => {
    expect(replaceSection("# A\n", "bench", "new")).toBe("# A\n\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\n");
    expect(replaceSection("", "bench", "new")).toBe("<!-- bench -->\n\nnew\n\n<!-- /bench -->\n");
  });

  test("what was written is read back; a section that is not there is empty", () => {
    expect(readSection(document, "peers")).toBe("kept");
    expect(readSection(document, "other")).toBe("");
  });

  test.each(["<!-- bench -->\nold", "<!-- /bench -->\nold", "<!-- /bench --><!-- bench -->"])(
    "%j is an error",
    (text) => {
      expect(() => replaceSection(text, "bench", "new")).toThrow(/section bench/);
    },
  );

  test("a replacement with $& in it is taken literally", () => {
    expect(readSection(replaceSection(document, "bench", "$& $1"), "bench")).toBe("$& $1");
  });
});

test("the machine is described by processor, cores, memory, system, Node, V8, version, commit and bundle", () => {
  const machine = describeMachine();
  expect(machine.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(machine.cores).toBeGreaterThanOrEqual(1);
  expect(machine.allCores).toBeGreaterThanOrEqual(machine.cores);
  expect(machine.memory).toBeGreaterThan(0);
  expect(machine).toMatchObject({ node: process.versions.node, v8: process.versions.v8 });
  expect(machine.numgrad).toMatch(/^\d+\.\d+\.\d+/);
  const text = formatMachine(machine);
  for (const value of Object.values(machine)) expect(text).toContain(`${value}`);
});

test("times and ratios have three digits and a unit in which they are read", () => {
  const times = [2.34567e-5, 0.0421, 0.5312, 12.04, 999.6, 1500, 59_900, 815_000, 13_000_000, 1e9];
  expect(times.map(formatDuration)).toEqual([
    "23.5 ns", "42.1 µs", "0.531 ms", "12.0 ms", "1,000 ms", "1.50 s", "59.9 s", "13.6 min", "3.61 h", "278 h",
  ]); // biome-ignore format: one line
  expect([0.1234, 2.046, 31.4, 312_345].map((median) => formatRatio({ median }))).toEqual([
    "0.123", "2.05", "31.4", "312,000",
  ]); // biome-ignore format: one line
});

describe("tables", () => {
  const ratio = { to: "numgrad", median: 4.5, minimum: 4.4 };
  const timings = [
    { name: "numgrad", minimum: 0.5, median: 0.6, samples: 3 },
    { name: "TypeScript", minimum: 2, median: 3, samples: 3, note: "a share", ratio },
  ];
  const group: GroupResult = {
    name: "step",
    title: "Steps",
    about: "What they are.",
    races: [{ name: "a step", timings }],
    agreements: [{ what: "sums", error: 1.5e-16, bound: 1e-15 }],
  };

  test("a race has a row for each contender, its ratio and to what", () => {
    expect(textTable(tableOf(group))).toBe(
      [
        "what is timed  implementation         fastest    median  ratio of medians",
        "a step         numgrad               0.500 ms  0.600 ms",
        "               TypeScript (a share)   2.00 ms   3.00 ms    4.50 × numgrad",
      ].join("\n"),
    );
  });

  test("as Markdown it comes with heading, explanation and what agreed", () => {
    const markdown = markdownOf(group);
    expect(markdown).toMatch(/^#### Steps\n\nWhat they are\.\n\n\| what is timed \| implementation \| fastest \|/);
    expect(markdown).toContain("| --- | --- | ---: | ---: | ---: |\n| a step | numgrad | 0.500 ms | 0.600 ms |  |\n");
    expect(markdown).toMatch(
      /1 result was compared with numgrad's: the largest difference is 1\.5e-16 of the largest number\.$/,
    );
  });

  test("the sizes have a row for each hidden size and batch", () => {
    const four = [timings[0]!, ...["b", "c", "d"].map((name) => ({ ...timings[1]!, name }))];
    const sizes: GroupResult = {
      ...group,
      name: "sizes",
      races: [{ name: "", at: { hidden: 50, batch: 100 }, timings: four }],
    };
    expect(tableOf(sizes).rows).toEqual([["50", "100", "0.600 ms", "3.00 ms", "4.50", "4.50", "4.50"]]);
  });

  test("the cliffs have a row each, with what they are compared with, their goal, and whether the printed ratio meets it", () => {
    const race = (name: string, median: number, goal: number) => ({
      name,
      goal,
      timings: [
        { name: "common path", minimum: 1.9, median: 2, samples: 3 },
        { name: "numerical gradient", minimum: 2.5, median: 2.6, samples: 3, ratio: { ...ratio, median } },
      ],
    });
    const cliffs: GroupResult = {
      ...group,
      name: "cliffs",
      races: [race("h = 1", 1.304, 1.3), race("h = 2", 1.306, 1.3), race("h = 3", 1380, 25)],
    };
    const cells = ["2.50 ms", "2.60 ms", "common path", "2.00 ms"];
    expect(tableOf(cliffs).rows).toEqual([
      ["h = 1", ...cells, "1.30", "≤ 1.3", "yes"],
      ["h = 2", ...cells, "1.31", "≤ 1.3", "no"],
      ["h = 3", ...cells, "1,380", "≤ 25", "no"],
    ]);
    expect(tableOf(cliffs).columns.map(({ heading }) => heading)).toEqual([
      "what a user does", "fastest", "median", "compared with", "its median", "ratio", "goal", "met",
    ]); // biome-ignore format: one line
  });

  test("a Markdown table aligns numbers to the right", () => {
    expect(markdownTable([{ heading: "a" }, { heading: "b", numeric: true }], [["x", "1"]])).toBe(
      "| a | b |\n| --- | ---: |\n| x | 1 |",
    );
  });
});
