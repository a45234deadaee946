// Looks at the built site in a browser: axe-core at two widths, light and dark; a walk by
// keys reaches and scrolls every wide table and leaves no page; the search puts rules and
// tools first; the matrix keeps what one chooses in its address; on paper no table is cut.
// Usage: node browser.cjs SITE CHROMIUM [PAGE...]
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");

const [site, executablePath, ...wanted] = process.argv.slice(2);
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
// One page of each kind: of each template, each directive and each shape of prose.
const KINDS = [
  "index", "genindex", "search", "404", "CHANGELOG", "spec/installers", "spec/levels",
  "docs/differences", "docs/proposals", "docs/review", "docs/decision-2019",
  "docs/retired", "docs/guides/why-refused", "docs/guides/tutorial",
  "docs/guides/test-your-installer", "docs/guides/platforms", "docs/evidence/coverage",
  "docs/evidence/deviations", "docs/evidence/look-up", "docs/evidence/loader",
  "docs/evidence/matrix", "docs/evidence/real-wheels", "docs/evidence/since",
  "docs/contributing/architecture", "r/installer.glibc.at-least/index", "t/uv/index",
  "platform/debian-12-x86_64/index", "arch/x86_64/index", "level/2.28/index",
  "source/conformance/cases/tag/legacy.toml",
];
const PAGES = wanted.length ? wanted : KINDS;
const WIDTHS = [1280, 390];
// A theme changes colours alone, so that the other rules are asked once.
const THEMES = { light: {}, dark: { runOnly: ["color-contrast", "link-in-text-block"] } };
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

async function checkAccessibility(tab, name, options) {
  const found = await tab.evaluate(
    (chosen) => axe.run({ resultTypes: ["violations"], ...chosen }), options,
  );
  for (const one of found.violations) {
    fail(`${name}: ${one.id}: ${one.help}: ${one.nodes[0].target.join(" ")} (${one.nodes.length})`);
  }
}

// Puts the focus before each part that scrolls sideways; Tab and an arrow do the rest.
async function checkKeyboard(tab, name) {
  const before = tab.url();
  const count = await tab.evaluate(() => {
    const wide = (part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 40;
    window.wide = [...document.querySelectorAll("article [tabindex='0']")].filter(wide);
    return window.wide.length;
  });
  for (let index = 0; index < count; index += 1) {
    await tab.evaluate((which) => {
      const stops = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")];
      const seen = stops.filter((stop) => stop.checkVisibility({ visibilityProperty: true }));
      seen[seen.indexOf(window.wide[which]) - 1].focus();
    }, index);
    // A browser may stop at other parts that scroll, too.
    let there = false;
    for (let stop = 0; stop < 3 && !there; stop += 1) {
      await tab.keyboard.press("Tab");
      there = await tab.evaluate((which) => document.activeElement === window.wide[which], index);
    }
    if (!there) fail(`${name}: Tab does not reach the wide part ${index + 1} of ${count}`);
    await tab.keyboard.press("ArrowRight");
    await tab
      .waitForFunction(() => document.activeElement.scrollLeft > 0, { timeout: 5000 })
      .catch(() => fail(`${name}: the arrow key does not scroll the wide part ${index + 1}`));
    if (tab.url() !== before) return fail(`${name}: the arrow key leaves the page`);
  }
  return count;
}

async function checkWidth(tab, name) {
  const over = await tab.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (over > 0) fail(`${name}: the page is ${over} pixels wider than the window`);
}

// A4 between the margins that browsers give it is 718 pixels wide.
async function checkPaper(tab) {
  await tab.setViewport({ width: 718, height: 1000 });
  await tab.emulateMediaType("print");
  for (const page of PAGES) {
    await tab.goto(address(page));
    const cut = await tab.evaluate(() => {
      const widest = document.documentElement.clientWidth + 4;  // a border and its shadow
      const tables = [...document.querySelectorAll("article table")];
      const shown = tables.filter((each) => each.checkVisibility());
      return shown.filter((each) => each.getBoundingClientRect().right > widest).length;
    });
    if (cut) fail(`${page} on paper: ${cut} tables are cut`);
  }
  await tab.emulateMediaType("screen");
}

async function checkMatrix(tab) {
  const shown = () => tab.$$eval(".matrix tbody tr[data-area]", (rows) =>
    rows.filter((row) => !row.hidden).map((row) => row.cells[0].textContent.trim()));
  await tab.goto(address("docs/evidence/matrix"));
  const all = await shown();
  await tab.type(".matrix-filter input[type=search]", "glibc");
  const chosen = await shown();
  await tab.goto("about:blank").then(() => tab.goBack());
  const again = await shown();
  if (!chosen.length || chosen.length === all.length) fail("matrix: the text filters nothing");
  if (String(chosen) !== String(again)) fail("matrix: the address does not keep the choice");
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
  let walked = 0;
  for (const width of WIDTHS) {
    await tab.setViewport({ width, height: 900 });
    for (const page of PAGES) {
      await tab.goto(address(page));
      await tab.evaluate(AXE);
      await checkWidth(tab, `${page} at ${width}`);
      walked += (await checkKeyboard(tab, `${page} at ${width}`)) ?? 0;
      for (const [value, options] of Object.entries(THEMES)) {
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
        await checkAccessibility(tab, `${page} at ${width}, ${value}`, options);
      }
    }
  }
  await checkSearch(tab);
  await checkMatrix(tab);
  await checkPaper(tab);
  await browser.close();
  const views = PAGES.length * WIDTHS.length * Object.keys(THEMES).length;
  console.log(`${views} views of ${PAGES.length} pages, ${walked} wide parts, ${failures} failures`);
  process.exit(failures ? 1 : 0);
}

main();
