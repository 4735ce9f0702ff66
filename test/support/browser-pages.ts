// Pages in real browsers, driven as a person would drive them.
import { createServer, type Server } from "node:http";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findBrowsers, sendFile } from "../matrix/browsers.js";

const { found, missing } = findBrowsers();
for (const name of missing) {
  console.log(`${name} was not found: its tests are skipped. Install it, or name it in ${name.toUpperCase()}.`);
}

/** The browsers of this machine, by their kinds. */
export const BROWSERS = found.map(({ name, program }) => ({
  kind: name.startsWith("Firefox") ? ("firefox" as const) : ("chrome" as const),
  name,
  program,
}));

export const CHROMIUM = BROWSERS.find(({ kind }) => kind === "chrome");

/** Starts a browser without a window. */
export function launch({ kind, program }: (typeof BROWSERS)[number]): Promise<Browser> {
  const args =
    kind === "chrome" ? ["--no-sandbox", "--disable-gpu", "--no-first-run", "--force-color-profile=srgb"] : [];
  return puppeteer.launch({ browser: kind, executablePath: program, headless: true, args, pipe: kind === "chrome" });
}

/** Milliseconds that a test waits for a page, also on a busy machine. The test itself has 120 s. */
const PATIENCE = 100_000;

/** Opens a page, and keeps the errors that it reports. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; errors: string[] }> {
  const errors: string[] = [];
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors };
}

/** Serves the files of a folder that `isThere` does not deny, from the loopback address. */
export async function serveFolder(
  folder: string,
  isThere: (path: string) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ url: string; server: Server }> {
  const server = createServer(({ url = "/" }, response) => {
    response.setHeader("Cache-Control", "no-store");
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isThere(new URL(url, "http://localhost").pathname)) sendFile(folder, url, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, server };
}
