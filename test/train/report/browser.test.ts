import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBrowsers } from "../../matrix/browsers.js";
import { run, smallImages } from "../../support/main-job.js";

// The report of a real run in Chromium, with a data set whose folder has a hostile name.

const chromium = findBrowsers().found.find(({ name }) => name.startsWith("Chromium"));
const HOSTILE = `<img src=x onerror="document.title='taken over'">&lt;\u001b[2J\u009b31m'`;

const folder = mkdtempSync(join(tmpdir(), "numgrad-report-"));
const data = join(folder, HOSTILE);
let report = "";

beforeAll(async () => {
  mkdirSync(data);
  for (const [name, bytes] of Object.entries(smallImages())) writeFileSync(join(data, name), bytes);
  const options = "--gradient backprop --batch-size 20 --hidden 5 --steps 40".split(" ");
  expect((await run([...options, "--data", data, "--out", join(folder, "out")])).code).toBe(0);
  report = readFileSync(join(folder, "out/report.html"), "utf8");
});

afterAll(() => rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 200 }));

/** Opens a page in Chromium. Gives the document, what the browser wrote to its console, and what the page asked for. */
async function open(page: string): Promise<{ document: string; console: string[]; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    requests.push(url);
    if (url === "/") response.setHeader("Content-Type", "text/html").end(page);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const args = [...chromium!.args(join(folder, "profile")), "--enable-logging=stderr", "--virtual-time-budget=3000"];
  try {
    const address = `http://127.0.0.1:${port}/`;
    const { stdout, stderr } = await promisify(execFile)(chromium!.program, [...args, "--dump-dom", address], {
      maxBuffer: 2 ** 27,
      timeout: 60_000,
    });
    const lines = stderr.split("\n").filter((line) => line.includes("CONSOLE"));
    return { document: stdout, console: lines, requests };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// Without Chromium these tests are skipped: install it, or name it in the variable CHROMIUM.
describe.skipIf(!chromium)("in Chromium the report", () => {
  test("shows the hostile name as text, loads nothing, and breaks its policy nowhere", async () => {
    const { document, console, requests } = await open(report);
    expect(requests).toEqual(["/"]);
    expect(console).toEqual([]);
    expect(document).toContain(`<td>${data.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}`);
    expect(document).not.toMatch(/<title>taken over/);
    expect(document.match(/<picture>/g)!.length).toBeGreaterThan(2);
  });

  test("runs and loads nothing that is put into it", async () => {
    const intruders = [
      `<script>document.title = "taken over"</script>`,
      `<script src="/script.js"></script>`,
      `<img src="/image.png" onerror="document.title = 'taken over'">`,
      `<iframe src="/frame.html"></iframe>`,
      `<link rel="stylesheet" href="/style.css">`,
      `<object data="/object.svg"></object>`,
    ];
    const { document, console, requests } = await open(report.replace("<main>", `<main>${intruders.join("\n")}`));
    expect(requests).toEqual(["/"]);
    expect(document).not.toMatch(/<title>taken over/);
    expect(console.filter((line) => line.includes("Content Security Policy")).length).toBeGreaterThan(5);
  });
});
