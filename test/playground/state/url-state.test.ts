import { expect, test } from "vitest";
import { UrlState } from "../../../packages/playground/src/state/url-state.js";

test("the state of the URL refuses what is out of range", () => {
  const written: string[] = [];
  const state = new UrlState("?x=1.5&dh=7&surface=moon&f=x%5E2&eta=", (search) => written.push(search));
  expect(state.number("x", -4, 4, 0)).toBe(1.5);
  expect(state.number("dh", 0, 1, 0.1)).toBe(0.1);
  expect(state.number("eta", 0, 10, 0.3)).toBe(0.3);
  expect(state.choice("surface", ["bowl", "saddle"], "bowl")).toBe("bowl");
  expect(state.text("f")).toBe("x^2");
  state.set("x", 2);
  state.flush();
  expect(new URLSearchParams(written[0]).get("x")).toBe("2");
});
