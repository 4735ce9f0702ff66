import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chooseLanguage, LANGUAGES } from "../../../packages/playground/src/strings/language.js";
import { englishWordsOf } from "./english-words.js";

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
    const english = new Set(textsOf(LANGUAGES.en));
    for (const strings of [LANGUAGES.ja, LANGUAGES["zh-Hans"], LANGUAGES.ko]) {
      const texts = textsOf(strings);
      expect(texts.filter((text) => english.has(text))).toEqual([]);
      expect(texts).toHaveLength(textsOf(LANGUAGES.en).length);
      expect(texts.flatMap(englishWordsOf)).toEqual([]);
    }
  });

  test("has a text for each element of the page that names one, and no others", () => {
    const html = readFileSync(new URL("../../../packages/playground/index.html", import.meta.url), "utf8");
    const named = Array.from(html.matchAll(/data-(?:text|label|title)="(\w+)"/g), ([, key]) => key);
    expect([...new Set(named)].sort()).toEqual(Object.keys(LANGUAGES.en.page).sort());
  });
});

/** All texts; those that are functions for some numbers. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return [value(2, 3, 4, 5), value(1, 2, 0, 1)];
  return Object.values((value ?? {}) as object).flatMap(textsOf);
}
