import { en } from "./en.js";
import { ja } from "./ja.js";
import { ko } from "./ko.js";
import type { Strings } from "./strings.js";
import { zh } from "./zh.js";

/** The languages of the page, by the values of their `lang` attributes. */
export const LANGUAGES = { en, ja, "zh-Hans": zh, ko } as const satisfies Readonly<Record<string, Strings>>;

export type Language = keyof typeof LANGUAGES;

/** The language of a name such as `ja-JP` or `zh`; undefined if the page does not have it. */
function languageOf(name: string): Language | undefined {
  const [base] = name.toLowerCase().split("-");
  if (base === "zh") return "zh-Hans";
  return base === "en" || base === "ja" || base === "ko" ? base : undefined;
}

/** The language that the URL names, or else the first one of the reader's that the page has. */
export function chooseLanguage(named: string | null, preferred: readonly string[]): Language {
  const wanted = named === null ? undefined : languageOf(named);
  return wanted ?? preferred.map(languageOf).find((language) => language !== undefined) ?? "en";
}
