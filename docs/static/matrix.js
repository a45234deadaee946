// Filters the tables of the matrix pages and keeps the choice in the address, so that
// a filtered table can be sent to somebody.  The pages are complete without it.
"use strict";

const ALL = "";
const address = new URL(location.href);

function choices(cells, key) {
  return [...new Set([...cells].map((cell) => cell.dataset[key]))].filter(Boolean).sort();
}

function labelled(words, control, after = false) {
  const wrapper = document.createElement("label");
  wrapper.append(...(after ? [control, ` ${words}`] : [`${words} `, control]));
  return wrapper;
}

function select(values) {
  const list = document.createElement("select");
  list.append(new Option("all", ALL));
  for (const value of values) list.append(new Option(value.replaceAll("-", " "), value));
  return list;
}

function input(type) {
  const field = document.createElement("input");
  field.type = type;
  return field;
}

// One control of a bar: what the address calls it, how it is read and written.
function control(name, words, element, isFlag = false) {
  return {
    name,
    element: labelled(words, element, isFlag),
    read: () => (isFlag ? (element.checked ? "1" : ALL) : element.value.trim()),
    write: (value) => {
      if (isFlag) element.checked = Boolean(value);
      else element.value = value;
    },
  };
}

function toolChooser(tools) {
  const element = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = "Tools";
  const boxes = tools.map((tool) => Object.assign(input("checkbox"), { value: tool }));
  element.append(legend, ...boxes.map((box) => labelled(box.value, box, true)));
  return {
    name: "tool",
    element,
    read: () => boxes.filter((box) => box.checked).map((box) => box.value).join(","),
    write: (value) => {
      for (const box of boxes) box.checked = value.split(",").includes(box.value);
    },
  };
}

function showColumns(table, wanted) {
  const tools = wanted ? wanted.split(",") : [];
  const headings = [...table.tHead.rows[0].cells];
  for (const row of table.rows) {
    if (row.className === "heading") continue;
    [...row.cells].forEach((cell, index) => {
      const owner = headings[index].dataset.tool;
      cell.hidden = Boolean(tools.length && owner && !tools.includes(owner));
    });
  }
}

function fits(row, wanted) {
  const cells = [...row.cells].filter((cell) => !cell.hidden && cell.dataset.verdict);
  const verdicts = cells.map((cell) => cell.dataset.verdict);
  const answered = new Set(verdicts.filter((verdict) => verdict !== "no-result"));
  const binds = row.dataset.level.startsWith("must") && row.dataset.basis !== "proposal";
  return (
    (!wanted.area || row.dataset.area === wanted.area) &&
    (!wanted.level || row.dataset.level === wanted.level) &&
    (!wanted.basis || row.dataset.basis === wanted.basis) &&
    (!wanted.text || row.cells[0].textContent.includes(wanted.text)) &&
    (!wanted.verdict || verdicts.includes(wanted.verdict)) &&
    (!wanted.differ || answered.size > 1) &&
    (!wanted.real || (binds && cells.some((cell) => "real" in cell.dataset)))
  );
}

function prepare(section) {
  const table = section.querySelector("table");
  const bar = section.querySelector(".matrix-filter");
  const rows = [...table.querySelectorAll("tbody tr[data-area]")];
  const cells = table.querySelectorAll("[data-verdict]");
  const count = document.createElement("output");
  const controls = [
    control("text", "Rule contains", input("search")),
    control("area", "Area", select(choices(rows, "area"))),
    control("level", "Level", select(choices(rows, "level"))),
    control("basis", "Basis", select(choices(rows, "basis"))),
    control("verdict", "Answer", select(choices(cells, "verdict"))),
    control("differ", "only where tools differ", input("checkbox"), true),
    control("real", "only MUSTs of the standards broken on real systems", input("checkbox"), true),
    toolChooser(choices(table.tHead.rows[0].cells, "tool")),
  ];
  const show = () => {
    const wanted = Object.fromEntries(controls.map((each) => [each.name, each.read()]));
    showColumns(table, wanted.tool);
    for (const row of rows) row.hidden = !fits(row, wanted);
    count.value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rules`;
  };
  for (const each of controls) each.write(address.searchParams.get(each.name) || ALL);
  bar.append(...controls.map((each) => each.element), count);
  bar.addEventListener("input", () => {
    for (const each of controls) {
      const value = each.read();
      if (value) address.searchParams.set(each.name, value);
      else address.searchParams.delete(each.name);
    }
    history.replaceState(null, "", address);
    show();
  });
  bar.hidden = false;
  show();
}

document.querySelectorAll(".matrix").forEach(prepare);
