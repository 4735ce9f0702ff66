import { ArgumentError } from "numgrad";
import { type Theme, themeConfig } from "numgrad-figures";
import { compile } from "vega-lite";
import { afterEach, describe, expect, test, vi } from "vitest";
import { thrownBy } from "../support/thrown.js";
import { Drawn } from "./drawn.js";
import { FIGURES } from "./examples.js";

afterEach(() => vi.restoreAllMocks());

/** A logger for Vega-Lite that throws an error for each warning. */
const strict = {
  level: () => strict,
  error: (...messages: unknown[]) => expect.fail(String(messages)),
  warn: (...messages: unknown[]) => expect.fail(String(messages)),
  info: () => strict,
  debug: () => strict,
};

const THEMES: Theme[] = ["light", "dark"];

describe.each(Object.entries(FIGURES))("%s", (_, figure) => {
  test.each(THEMES)("compiles without a warning, %s", (theme) => {
    const { spec } = compile(figure({ theme, title: "A title", subtitle: "below it" }), { logger: strict as never });
    expect(spec.marks).not.toHaveLength(0);
  });

  test("is plain data", () => {
    const spec = figure({ title: "A title" });
    expect(JSON.parse(JSON.stringify(spec))).toStrictEqual(spec);
  });

  test("shows its title, has a description, and contains no NaN", async () => {
    const spec = figure({ title: "What it shows", subtitle: "and how" });
    const { svg, texts } = await Drawn.from(spec);
    expect(texts).toEqual(expect.arrayContaining(["What it shows", "and how"]));
    expect(spec.description).toMatch(/\w{3}/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test("is the same each time, without random numbers", async () => {
    vi.spyOn(Math, "random").mockImplementation(() => expect.fail("a random number was drawn"));
    expect((await Drawn.from(figure())).svg).toBe((await Drawn.from(figure())).svg);
  });

  test("has other colours in the dark theme, and the background in the options", async () => {
    const [light, dark] = await Promise.all(THEMES.map(async (theme) => (await Drawn.from(figure({ theme }))).svg));
    expect(light).toContain('fill="#ffffff"');
    expect(dark).toContain('fill="#0d1117"');
    expect(dark).not.toContain('fill="#ffffff"');
    expect((await Drawn.from(figure({ background: "#123456" }))).svg).toContain('fill="#123456"');
  });

  test.each([
    [{ colour: "red" }, "options.colour"],
    [{ theme: "sepia" }, "options.theme"],
    [{ title: 1 }, "options.title"],
    [{ subtitle: [] }, "options.subtitle"],
    [{ background: null }, "options.background"],
  ])("refuses %o", (options, argument) => {
    expect(thrownBy(ArgumentError, () => figure(options as never)).argument).toBe(argument);
  });
});

test("a subtitle is drawn without a title, too", async () => {
  expect((await Drawn.from(FIGURES.lossFigure!({ subtitle: "alone" }))).texts).toContain("alone");
});

test("only known themes have a configuration", () => {
  expect(themeConfig("dark").background).toBe("#0d1117");
  expect(thrownBy(ArgumentError, () => themeConfig("sepia" as Theme)).argument).toBe("theme");
});
