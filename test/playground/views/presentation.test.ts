import { expect, test } from "vitest";
import { readPanels } from "../../../packages/playground/src/views/presentation.js";

test("the URL chooses parts in the order of the page, and all of them if it names none", () => {
  expect(readPanels("toy,differences")).toEqual(["differences", "toy"]);
  expect(readPanels("nothing")).toHaveLength(5);
  expect(readPanels(null)).toHaveLength(5);
});
