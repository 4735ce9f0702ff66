import { describe, expect, test } from "vitest";
import { html } from "../../packages/program/src/html.js";
import { textOf } from "../train/report/page.js";

describe("html", () => {
  test("escapes every text, in elements and attributes, and leaves HTML as it is", () => {
    const hostile = `"><script>alert('1')</script>&amp;`;
    const { text } = html`<p title="${hostile}">${[html`<b>${1}</b>`, hostile]}</p>`;
    expect(text.match(/<[^>]*>/g)).toEqual([`<p title="${text.split('"')[1]}">`, "<b>", "</b>", "</p>"]);
    expect(textOf(text)).toBe(`1${hostile}`);
    expect(textOf(text.split('"')[1]!)).toBe(hostile);
  });

  test("keeps backslashes, and joins arrays without a separator", () => {
    expect(html`${["a\\n", ["b", 2]]}`.text).toBe("a\\nb2");
  });
});
