// Filters the tables of the matrix page.  The page is complete without it.
"use strict";

const ALL = "";

function choices(cells, key) {
  return [...new Set([...cells].map((cell) => cell.dataset[key]))].filter(Boolean).sort();
}

function select(label, values, changed) {
  const wrapper = document.createElement("label");
  const list = document.createElement("select");
  wrapper.append(`${label} `, list);
  list.append(new Option("all", ALL));
  for (const value of values) list.append(new Option(value.replaceAll("-", " "), value));
  list.addEventListener("change", changed);
  return { wrapper, list };
}

function showColumns(table, tool) {
  const headings = [...table.tHead.rows[0].cells];
  for (const row of table.rows) {
    if (row.className === "heading") continue;
    [...row.cells].forEach((cell, index) => {
      const owner = headings[index].dataset.tool;
      cell.hidden = Boolean(tool && owner && owner !== tool);
    });
  }
}

function rulesOf(table) {
  return table.querySelectorAll("tbody tr[data-area]");
}

function showRows(table, wanted) {
  let shown = 0;
  for (const row of rulesOf(table)) {
    const verdicts = [...row.cells].filter((cell) => !cell.hidden).map((cell) => cell.dataset.verdict);
    const fits =
      (!wanted.area || row.dataset.area === wanted.area) &&
      (!wanted.level || row.dataset.level === wanted.level) &&
      (!wanted.basis || row.dataset.basis === wanted.basis) &&
      (!wanted.verdict || verdicts.includes(wanted.verdict));
    row.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  return shown;
}

function prepare(section) {
  const table = section.querySelector("table");
  const bar = section.querySelector(".matrix-filter");
  const rows = rulesOf(table);
  const cells = table.querySelectorAll("[data-verdict]");
  const count = document.createElement("output");
  const controls = {};
  const update = () => {
    const wanted = {};
    for (const [name, control] of Object.entries(controls)) wanted[name] = control.list.value;
    showColumns(table, wanted.tool);
    count.value = `${showRows(table, wanted)} of ${rows.length} rules`;
  };
  controls.area = select("Area", choices(rows, "area"), update);
  controls.level = select("Level", choices(rows, "level"), update);
  controls.basis = select("Basis", choices(rows, "basis"), update);
  controls.tool = select("Tool", choices(table.tHead.rows[0].cells, "tool"), update);
  controls.verdict = select("Answer", choices(cells, "verdict"), update);
  bar.append(...Object.values(controls).map((control) => control.wrapper), count);
  bar.hidden = false;
  update();
}

document.querySelectorAll(".matrix").forEach(prepare);
