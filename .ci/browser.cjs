// Looks at the built site in a browser: axe-core at two widths, light and dark; keys
// scroll a table and never leave the page; the search puts rules and tools first.
// Usage: node browser.cjs SITE CHROMIUM [PAGE...]
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");

const [site, executablePath, ...wanted] = process.argv.slice(2);
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
// One page of each kind.
const KINDS = [
  "index", "genindex", "search", "404", "spec/installers", "spec/levels",
  "docs/differences", "docs/proposals", "docs/review", "docs/guides/why-refused",
  "docs/guides/test-your-installer", "docs/evidence/coverage", "docs/evidence/deviations",
  "docs/evidence/look-up", "docs/evidence/matrix", "docs/evidence/since",
  "r/installer.glibc.at-least/index", "t/uv/index", "platform/debian-12-x86_64/index",
  "arch/x86_64/index", "level/2.28/index",
];
const PAGES = wanted.length ? wanted : KINDS;
const WIDTHS = [1280, 390];
const THEMES = ["light", "dark"];
const FIRST = {
  "installer.glibc.at-least": "r/installer.glibc.at-least/index.html",
  "wheel.versions.listed": "r/wheel.versions.listed/index.html",
  uv: "t/uv/index.html",
  auditwheel: "t/auditwheel/index.html",
};

let failures = 0;
function fail(words) {
  console.log(words);
  failures += 1;
}
const address = (page) => pathToFileURL(path.join(site, `${page}.html`)).href;

async function checkAccessibility(tab, name) {
  await tab.evaluate(AXE);
  const found = await tab.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const one of found.violations) {
    fail(`${name}: ${one.id}: ${one.help}: ${one.nodes[0].target.join(" ")} (${one.nodes.length})`);
  }
}

async function checkKeyboard(tab, name) {
  const before = tab.url();
  const scrolls = await tab.evaluate(() => {
    const wide = [...document.querySelectorAll("article [tabindex='0']")].find(
      (part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 40,
    );
    wide?.focus();
    return Boolean(wide);
  });
  if (!scrolls) return;
  await tab.keyboard.press("ArrowRight");
  await tab
    .waitForFunction(() => document.activeElement.scrollLeft > 0, { timeout: 5000 })
    .catch(() => fail(`${name}: the arrow key does not scroll what has the focus`));
  if (tab.url() !== before) fail(`${name}: the arrow key leaves the page`);
}

async function checkWidth(tab, name) {
  const over = await tab.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (over > 0) fail(`${name}: the page is ${over} pixels wider than the window`);
}

async function checkSearch(tab) {
  for (const [query, wanted] of Object.entries(FIRST)) {
    await tab.goto(`${address("search")}?q=${query}`);
    const link = await tab.waitForSelector("ul.search li a", { timeout: 20000 });
    const first = await link.evaluate((element) => element.getAttribute("href"));
    if (first !== wanted) fail(`search for ${query}: ${first} comes first`);
  }
}

async function main() {
  const args = ["--no-sandbox", "--allow-file-access-from-files"];
  const browser = await puppeteer.launch({ executablePath, args });
  const tab = await browser.newPage();
  for (const width of WIDTHS) {
    await tab.setViewport({ width, height: 900 });
    for (const page of PAGES) {
      await tab.goto(address(page));
      await checkWidth(tab, `${page} at ${width}`);
      await checkKeyboard(tab, `${page} at ${width}`);
      for (const value of THEMES) {
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
        await checkAccessibility(tab, `${page} at ${width}, ${value}`);
      }
    }
  }
  await checkSearch(tab);
  await browser.close();
  const views = PAGES.length * WIDTHS.length * THEMES.length;
  console.log(`${views} views of ${PAGES.length} pages, ${failures} failures`);
  process.exit(failures ? 1 : 0);
}

main();
