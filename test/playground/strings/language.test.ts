import { describe, expect, test } from "vitest";
import { chooseLanguage, LANGUAGES } from "../../../packages/playground/src/strings/language.js";

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
