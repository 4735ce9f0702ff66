import { describe, expect, test } from "vitest";
import { UrlState } from "../../packages/playground/src/state/url-state.js";
import { chooseLanguage, LANGUAGES } from "../../packages/playground/src/strings/language.js";

describe("the language", () => {
  test("is that of the URL, or else the reader's first one that the page has", () => {
    expect(chooseLanguage("ja", ["ko"])).toBe("ja");
    expect(chooseLanguage("zh-CN", [])).toBe("zh-Hans");
    expect(chooseLanguage("xx", ["fr-FR", "ko-KR"])).toBe("ko");
    expect(chooseLanguage(null, ["fr"])).toBe("en");
  });

  test("uses the words of the chapter's notes", () => {
    const words = (language: keyof typeof LANGUAGES) => JSON.stringify(LANGUAGES[language]);
    for (const word of ["数値微分", "中心差分", "勾配", "学習率"]) expect(words("ja")).toContain(word);
    for (const word of ["数值微分", "中心差分", "梯度", "学习率"]) expect(words("zh-Hans")).toContain(word);
    for (const word of ["수치 미분", "중심 차분", "기울기", "학습률"]) expect(words("ko")).toContain(word);
  });

  test("has no text that is left in English", () => {
    const texts = (value: unknown): string[] =>
      typeof value === "string" ? [value] : Object.values((value ?? {}) as object).flatMap(texts);
    const english = new Set(texts(LANGUAGES.en));
    for (const strings of [LANGUAGES.ja, LANGUAGES["zh-Hans"], LANGUAGES.ko]) {
      expect(texts(strings).filter((text) => english.has(text))).toEqual([]);
      expect(texts(strings)).toHaveLength(texts(LANGUAGES.en).length);
    }
  });
});

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
