import { ArgumentError, FunctionError, NonFiniteError, ShapeError } from "numgrad";
import { descentFigure, functionFigure, gradientFieldFigure } from "numgrad-figures";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";
import { Drawn, rowsWith } from "./drawn.js";
import { bowl, parabola } from "./examples.js";

describe("functionFigure", () => {
  test("has the curve, and for each tangent a line, a point and the slope", async () => {
    const drawn = await Drawn.from(functionFigure({ f: parabola, domain: [0, 20], tangents: [5, 10], name: "y" }));
    expect(drawn.marks("line")).toHaveLength(3);
    expect(drawn.marks("symbol")).toHaveLength(2);
    expect(drawn.texts).toContain("tangent at x = 5, slope 0.2");
    expect(drawn.texts).toContain("tangent at x = 10, slope 0.3");
    expect(drawn.texts).toEqual(expect.arrayContaining(["x", "y"]));
  });

  test("the curve covers the whole domain and lies within the scale", () => {
    const spec = functionFigure({ f: parabola, domain: [-3, 7] });
    const xs = rowsWith(spec, "y").map(({ x }) => x);
    expect([xs[0], xs.at(-1)]).toEqual([-3, 7]);
    const [low, high] = (spec as { encoding: { y: { scale: { domain: number[] } } } }).encoding.y.scale.domain;
    for (const { x, y } of rowsWith(spec, "y")) {
      expect(y).toBe(parabola(x as number));
      expect(y).toBeGreaterThan(low!);
      expect(y).toBeLessThan(high!);
    }
  });

  test("takes a derivative, and has no legend if there is no tangent", async () => {
    const spec = functionFigure({ f: parabola, domain: [0, 1], tangents: [0], slope: () => -2.5 });
    expect((await Drawn.from(spec)).texts).toContain("tangent at x = 0, slope −2.5");
    expect((await Drawn.from(functionFigure({ f: () => 1, domain: [0, 1] }))).svg).not.toContain("legend");
  });

  test.each<[object, string]>([
    [{ f: 1 }, "options.f"],
    [{ domain: [1, 1] }, "options.domain"],
    [{ domain: [0, Number.POSITIVE_INFINITY] }, "options.domain"],
    [{ domain: [-1e308, 1e308] }, "options.domain"],
    [{ domain: 3 }, "options.domain"],
    [{ tangents: "5" }, "options.tangents"],
    [{ tangents: ["5"] }, "options.tangents[0]"],
    [{ tangents: [5, 21] }, "options.tangents[1]"],
    [{ slope: 2 }, "options.slope"],
    [{ width: 0 }, "options.width"],
    [{ height: Number.NaN }, "options.height"],
  ])("refuses %o", (wrong, argument) => {
    const options = { f: parabola, domain: [0, 20], ...wrong };
    expect(thrownBy(ArgumentError, () => functionFigure(options as never)).argument).toBe(argument);
  });

  test("names the point where f has no finite value", () => {
    const error = thrownBy(FunctionError, () => functionFigure({ f: (x) => 1 / x, domain: [0, 1] }));
    expect(error.message).toBe("f(0): expected a finite number, got Infinity");
    expect(error.value).toBe(Number.POSITIVE_INFINITY);
    const cause = new Error("no such place");
    const fails = () => {
      throw cause;
    };
    expect(thrownBy(FunctionError, () => functionFigure({ f: fails, domain: [0, 1] }))).toMatchObject({
      message: "f(0) threw no such place",
      cause,
    });
  });
});

describe("gradientFieldFigure", () => {
  const field = (options: object = {}) =>
    gradientFieldFigure({ f: bowl, x0: [-2, 2], x1: [-2, 2], arrows: 5, ...options });

  test("has an arrow for each point, the longest about as long as the distance between two", async () => {
    const drawn = await Drawn.from(field());
    expect(drawn.marks("symbol")).toHaveLength(25);
    expect(drawn.texts).toEqual(expect.arrayContaining(["x₀", "x₁", "longest arrow: a gradient of length 5.657"]));
    const sizes = rowsWith(field(), "size").map(({ size }) => size as number);
    expect(Math.max(...sizes)).toBeCloseTo(4 * (0.98 * (380 / 5)) ** 2, 6);
  });

  test("arrows point where f falls: their angles are clockwise from upwards", () => {
    const at = (a: number, b: number) => rowsWith(field(), "size").find((row) => row.a === a && row.b === b)!;
    expect(at(2, 0).angle).toBeCloseTo(-90, 6);
    expect(at(-2, 0).angle).toBeCloseTo(90, 6);
    expect(at(0, -2).angle).toBeCloseTo(0, 6);
    expect(at(2, 2).angle).toBeCloseTo(-135, 6);
    expect(at(0, 0).size).toBeLessThan(1e-12);
    // Lengths are proportional to the gradient, so areas are proportional to its square.
    expect((at(1, 0).size as number) / (at(2, 0).size as number)).toBeCloseTo(0.25, 6);
  });

  test("both axes have the same scale if no height is given, and arrows follow the scales", () => {
    const wide = field({ x0: [-4, 4] }) as { width: number; height: number };
    expect(wide.width / wide.height).toBeCloseTo(2, 12);
    const squeezed = field({ height: 95 });
    const corner = rowsWith(squeezed, "size").find(({ a, b }) => a === 2 && b === 2)!;
    expect(corner.angle).toBeCloseTo((Math.atan2(-4, -1) * 180) / Math.PI, 6);
  });

  test("takes a gradient, and a constant function gives dots", async () => {
    const given = rowsWith(field({ gradient: () => [3, 4] }), "size");
    expect(given.every(({ g0, g1 }) => g0 === 3 && g1 === 4)).toBe(true);
    expect((await Drawn.from(field({ f: () => 1 }))).marks("symbol")).toHaveLength(25);
  });

  test.each<[object, string]>([
    [{ f: undefined }, "options.f"],
    [{ x0: [2, -2] }, "options.x0"],
    [{ x1: [0] }, "options.x1"],
    [{ arrows: 1 }, "options.arrows"],
    [{ arrows: 2.5 }, "options.arrows"],
    [{ gradient: () => [1] }, "options.gradient([-2, -2])"],
    [{ gradient: () => [1, Number.NaN] }, "options.gradient([-2, -2])[1]"],
    [{ gradient: () => 7 }, "options.gradient([-2, -2])"],
  ])("refuses %o", (wrong, argument) => {
    expect(thrownBy(ArgumentError, () => field(wrong)).argument).toBe(argument);
  });
});

describe("descentFigure", () => {
  const path = (label: string, ...history: [number, number][]) => ({ label, history });
  const descent = (paths: unknown, options: object = {}) =>
    descentFigure({ f: bowl, x0: [-5, 5], x1: [-5, 5], paths: paths as never, ...options });
  /** Rows of data of the paths, without those of the contours. */
  const steps = (...history: [number, number][]) => rowsWith(descent([path("a", ...history)]), "role");

  test("has a panel for each path, with its label and its end", async () => {
    const { texts, svg } = await Drawn.from(
      descent([path("η = 0.1", [-3, 4], [0, 0]), path("η = 10", [-3, 4], [57, -76], [-2.6e13, -1.3e12])]),
    );
    expect(texts).toEqual(expect.arrayContaining(["η = 0.1", "step 1: (0, 0)"]));
    expect(texts).toEqual(expect.arrayContaining(["η = 10", "step 2: (−2.6·10¹³, −1.3·10¹²)"]));
    const far = Array.from(svg.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)).flatMap(([, x, y]) => [Number(x), Number(y)]);
    expect(Math.max(...far.map(Math.abs))).toBeLessThan(10_000);
  });

  test("draws start, steps and end, and all points of a short path", async () => {
    const drawn = await Drawn.from(descent([path("a", [-3, 4], [-1, 1], [0.5, 0.5], [0, 0])]));
    expect(drawn.marks("symbol")).toHaveLength(4);
    expect(steps([-3, 4], [-1, 1], [0, 0]).map(({ role }) => role)).toEqual(["start", "step", "end"]);
  });

  test("leaves out steps that are too short to see, but never the last one", () => {
    const crawl = Array.from({ length: 1000 }, (_, i): [number, number] => [-3 + 1e-9 * i, 4]);
    expect(steps(...crawl).map(({ a, role }) => [a, role])).toEqual([
      [-3, "start"],
      [-3 + 999e-9, "end"],
    ]);
  });

  test("a path that leaves the picture is drawn in its direction, and has no dot outside", () => {
    const rows = steps([-3, 4], [57, -76], [-1083, 1444], [2e4, -3e4]);
    expect(rows.map(({ role }) => role)).toEqual(["start", "outside", "outside"]);
    const [first, , last] = rows as { a: number; b: number }[];
    expect((last!.b - 76 * -1) / (last!.a - 57)).toBeCloseTo((1444 + 76) / (-1083 - 57), 9);
    expect(Math.hypot(last!.a - first!.a, last!.b - first!.b)).toBeLessThan(500);
  });

  test("the function has its level on each contour, and there may be no contours", () => {
    const rows = rowsWith(descent([path("a", [0, 0])]), "level");
    expect(new Set(rows.map(({ level }) => level)).size).toBe(9);
    // The contours are interpolated on a grid of 1/6. x² deviates by at most (1/6)²/4 from its chord.
    for (const { level, a, b } of rows) {
      expect(Math.abs(bowl([a as number, b as number]) - (level as number))).toBeLessThan(1 / 144 + 1e-9);
    }
    expect(rowsWith(descent([path("a", [0, 0])], { contours: 0 }), "level")).toHaveLength(0);
    expect(rowsWith(descent([path("a", [0, 0])], { f: () => 3 }), "level")).toHaveLength(0);
  });

  test("paths with the same label and end have separate panels", async () => {
    const twice = descent([path("a", [1, 1], [0, 0]), path("a", [2, 2], [0, 0])]);
    expect((await Drawn.from(twice)).texts.filter((text) => text === "a")).toHaveLength(2);
  });

  test("takes the result of gradientDescent", () => {
    const result = {
      x: Float64Array.of(0, 0),
      history: [Float64Array.of(1, 1), Float64Array.of(0, 0)],
      status: "finished",
    };
    expect(rowsWith(descent([{ label: "a", ...result }]), "role")).toHaveLength(2);
  });

  test("refuses a path that is wrong or starts outside of the picture", () => {
    expect(thrownBy(ArgumentError, () => descent("paths")).argument).toBe("options.paths");
    expect(thrownBy(ShapeError, () => descent([])).argument).toBe("options.paths");
    expect(thrownBy(ArgumentError, () => descent([{ history: [[0, 0]] }])).argument).toBe("options.paths[0].label");
    expect(thrownBy(ArgumentError, () => descent([{ label: "a" }])).argument).toBe("options.paths[0].history");
    expect(thrownBy(ShapeError, () => descent([path("a")])).argument).toBe("options.paths[0].history");
    const three = [{ label: "a", history: [[0, 0], [1, 2, 3]] }]; // biome-ignore format: a path
    expect(thrownBy(ShapeError, () => descent(three)).argument).toBe("options.paths[0].history[1]");
    expect(thrownBy(NonFiniteError, () => descent([path("a", [0, Number.NaN])])).index).toBe(1);
    const outside = thrownBy(ArgumentError, () => descent([path("a", [0, 0]), path("b", [6, 0])]));
    expect(outside.argument).toBe("options.paths[1].history[0]");
    expect(thrownBy(ArgumentError, () => descent([path("a", [0, 0])], { contours: -1 })).argument).toBe(
      "options.contours",
    );
    expect(() => descent([path("a", [0, 0])], { f: () => Number.NaN })).toThrow(FunctionError);
  });
});
