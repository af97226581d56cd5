// Checks the public page by hand, as a browser shows it: accessibility (axe-core), width, and what the page's own policy stops.
//
//     npm install axe-core@4 puppeteer-core@24        # in a folder of its own, outside the project
//     tldops report --to PAGE && cp tests/page-check.mjs . && node page-check.mjs /usr/bin/chromium PAGE/*.html
//
// For each page, light at 1280 pixels and dark at 390: what violates WCAG 2.2 AA or axe's best practices, by how many pixels it is
// wider than the screen, and what the browser complained of. All numbers must be 0; "unsure" are texts in pictures, whose ground
// axe cannot see.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import puppeteer from "puppeteer-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const LOOKS = [["light", 1280], ["dark", 390]];

const [chromium, ...pages] = process.argv.slice(2);
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
let wrong = 0;
for (const file of pages) {
  for (const [scheme, width] of LOOKS) {
    const page = await browser.newPage();
    const complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.setViewport({ width, height: 900 });
    await page.goto(`file://${resolve(file)}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    // The checker is a script, which the page's policy would not run; everything else was loaded under it.
    await page.setBypassCSP(true);
    await page.reload();
    await page.evaluate(axe);
    const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
    const { violations, incomplete } = found;
    console.log(`${file} ${scheme} ${width}: ${violations.length} violations, ${incomplete.length} unsure, ${wider} wider, ${complaints.length} complaints`);
    for (const { id, impact, nodes } of violations) console.log(`    ${id} (${impact}): ${nodes[0].html.slice(0, 120)}`);
    for (const complaint of complaints) console.log(`    ${complaint}`);
    wrong += violations.length + complaints.length + Math.max(wider, 0);
    await page.close();
  }
}
await browser.close();
process.exit(wrong ? 1 : 0);
