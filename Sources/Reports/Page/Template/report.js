// Draws the report from the JSON document in the page. Everything becomes text nodes and attributes, so no value
// of a file is ever read as markup.

const report = JSON.parse(document.getElementById("report-data").textContent);
const inNats = report.unit === "nats";
// An evaluation has measured what each tensor loses alone.
const isMeasured = report.kind === "evaluate";
const costName = isMeasured ? "KLD alone" : inNats ? "predicted KLD" : "predicted error";
const shareName = inNats ? "share of KLD" : "share of error";
const levels = 9;

// ---------------------------------------------------------------------------------------------- elements

const byId = (id) => document.getElementById(id);
const isGiven = (value) => value !== undefined && value !== null;

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (isGiven(value)) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Shows a section and lists it in the contents. */
function reveal(id) {
  byId(id).hidden = false;
  const link = element("a", { href: `#${id}` }, byId(`${id}-title`).textContent);
  byId("contents").append(element("li", {}, link));
}

// ------------------------------------------------------------------------------------- numbers and names

const isKnown = (value) => typeof value === "number" && Number.isFinite(value);

/** A name from a file. Characters that have no shape, or that turn the text around, are spelt out. */
function visible(name) {
  const spell = (character) => `\\u{${character.codePointAt(0).toString(16)}}`;
  return String(name || "(no name)").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, spell);
}

/** Four significant digits, in the notation that is shorter. */
function short(value) {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(3).split("e").map(Number);
  return signed(exponent < -4 || exponent > 3 ? `${digits}e${exponent}` : String(Number(value.toPrecision(4))));
}

const collator = new Intl.Collator("en", { numeric: true });
const signed = (text) => text.replace(/^-/, "−");
const bits = (value) => value.toFixed(3);
const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 2 : 1)} %`;
const count = (value) => value.toLocaleString("en-US");
const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** Bytes in the largest binary unit that they fill. */
function size(bytes) {
  let value = Math.abs(bytes);
  const sign = bytes < 0 ? "−" : "";
  for (const unit of ["bytes", "KiB", "MiB", "GiB"]) {
    if (value < 1024) return `${sign}${unit === "bytes" ? value : value.toFixed(2)} ${unit}`;
    value /= 1024;
  }
  return `${sign}${value.toFixed(2)} TiB`;
}

/** Why a figure of a tensor is not known, where the report says so. */
function reasonMissing(key, row = {}) {
  const told = row.missing?.[key] ?? report.missing?.[key];
  if (told) return told;
  if (row.kept) return "the tensor keeps its type";
  return key === "share" && isKnown(row.predicted) ? "not all tensors were measured" : null;
}

/** A dash, with the reason for those who point at it and those who listen. */
function dash(reason) {
  const words = reason ? `not known: ${visible(reason)}` : "not known";
  return element("span", { class: "quiet", title: words }, "–", element("span", { class: "heard" }, words));
}

/** A number as it is shown, or a dash. */
function figure(value, format, reason = null) {
  return isKnown(value) ? format(value) : dash(reason);
}

function withError(value, error, format = short) {
  if (!isKnown(value)) return dash();
  return error > 0 ? `${format(value)} ± ${format === short ? brief(error) : format(error)}` : format(value);
}

// ------------------------------------------------------------------------------------------------ tensors

const types = [...(report.types ?? [])].sort((a, b) => a.bpw - b.bpw || collator.compare(a.name, b.name));
const typeBits = new Map(types.map(({ name, bpw }) => [name, bpw]));
const typeRank = new Map(types.map(({ name }, rank) => [name, rank]));
const moves = new Map((report.plan?.moves ?? []).map((move) => [move.tensor, move]));

/** Where a tensor belongs: `blk.3.attn_q.weight` is the `attn_q` of block 3. */
function home(name) {
  const parts = /^(.*\.)?blk\.(\d{1,5})\.(.+?)(?:\.weight)?$/su.exec(name);
  if (!parts) return { block: null, kind: name.replace(/\.weight$/u, "") };
  return { block: Number(parts[2]), kind: (parts[1] ?? "") + parts[3] };
}

const skeletonName = () => visible(report.plan?.skeleton ?? "the skeleton");

/** The figures that a measurement has of one tensor. */
function measured(measurement, index) {
  const figures = Object.entries(measurement).filter(([, value]) => Array.isArray(value));
  const row = Object.fromEntries(figures.map(([key, values]) => [key, values[index]]));
  return { ...row, type: measurement.type };
}

/** All tensors with all that is shown of them. */
function tensorRows(measurement = null) {
  const rows = (report.tensors ?? []).map((tensor, index) => {
    const own = measurement && !tensor.kept ? measured(measurement, index) : {};
    return { ...tensor, ...own, ...home(tensor.name), index, move: moves.get(tensor.name) ?? null };
  });
  const total = sum(rows.filter((row) => !row.kept), "predicted");
  for (const row of rows) complete(row, total);
  return rows;
}

/** A sum over tensors. With one part that is not known, the sum is not known. */
function sum(rows, key) {
  return rows.reduce((total, row) => total + (isKnown(row[key]) ? row[key] : NaN), 0);
}

/** Adds what follows from the other figures. */
function complete(row, total) {
  row.bits = row.weights > 0 && isKnown(row.bytes) ? (8 * row.bytes) / row.weights : null;
  row.share = isKnown(row.predicted) && total > 0 ? row.predicted / total : null;
  const priced = row.upgrade_bytes > 0 && isKnown(row.upgrade_gain);
  row.upgrade_rate = priced ? (1024 * row.upgrade_gain) / row.upgrade_bytes : null;
}

/** Bits of a tensor's type, or its own where those of the type are not known. */
const bitsOf = (row) => typeBits.get(row.type) ?? row.bits;

/** Order of types, by their bits and then by name. */
const rankOf = (row) => typeRank.get(row.type) ?? null;

// --------------------------------------------------------------------------------------------- headline

const kinds = { plan: "Plan", inspect: "Inspection", frontier: "Frontier", evaluate: "Evaluation" };

function drawHeadline() {
  const title = visible(report.title ?? "Unnamed model");
  const kind = kinds[report.kind] ?? "Report";
  document.title = `${title} – ${kind} by Ration`;
  byId("title").textContent = title;
  byId("kicker").textContent = `${kind} by Ration`;
  if (report.lede) {
    byId("lede").textContent = visible(report.lede);
    byId("lede").hidden = false;
  }
  byId("headline").append(...headlines().map(headline));
}

function headline([label, value, note]) {
  const noteLine = note ? element("span", { class: "note" }, note) : null;
  const body = element("dd", {}, element("span", { class: "value" }, value), noteLine);
  return element("div", {}, element("dt", {}, label), body);
}

function headlines() {
  return [...planHeadlines(), ...evaluationHeadlines(), ...modelHeadlines()];
}

function planHeadlines() {
  const plan = report.plan;
  if (!plan) return [];
  return [
    ["Bits per weight", figure(plan.bpw, bits)],
    ["Size of the file", figure(plan.bytes, size), isKnown(plan.bytes) ? plural(plan.bytes, "byte") : null],
    [inNats ? "Predicted KLD" : "Predicted error", withError(planCost(), plan.standard_error), source(plan)],
    ["Lower bound", figure(plan.lower_bound, short), optimality(plan)],
  ];
}

const planCost = () => report.plan.predicted_kld ?? report.plan.predicted_error;

const source = ({ knowledge }) => (knowledge ? `from ${visible(knowledge)}` : null);

function optimality(plan) {
  if (plan.optimal) return "proven optimal";
  return isKnown(plan.gap) ? `the plan is within ${percent(plan.gap)}` : null;
}

function evaluationHeadlines() {
  const evaluate = report.evaluate;
  if (!evaluate) return [];
  const { base, quantized, evaluation } = evaluate;
  return [
    ["Actual KLD", withError(evaluation.kld.value, evaluation.kld.error), plural(evaluation.tokens, "token")],
    ["Same top token", figure(evaluation.same_top.value, percent)],
    ["Quantized", `${figureText(quantized.bpw, bits)} bits`, visible(quantized.name)],
    ["Original", `${figureText(base.bpw, bits)} bits`, visible(base.name)],
  ];
}

function modelHeadlines() {
  const model = report.model;
  if (!model || report.plan || report.evaluate) return [];
  return [
    ["Architecture", model.architecture ? visible(model.architecture) : dash()],
    ["Tensors", figure(model.tensors, count)],
    ["Weights", figure(model.weights, count)],
    ["Size of the file", figure(model.bytes, size), isKnown(model.bpw) ? `${bits(model.bpw)} bits per weight` : null],
  ];
}

const figureText = (value, format) => (isKnown(value) ? format(value) : "–");

// ------------------------------------------------------------------------------------------------ scales

/** What cells can be coloured by. `position` maps a row to a number that grows with what is shown. */
const scales = {
  type: {
    label: "Type",
    palette: "bits",
    position: (row) => (bitsOf(row) > 0 ? Math.log2(bitsOf(row)) : null),
    text: (row) => visible(row.type),
    end: (position) => `${bits(2 ** position)} bits`,
  },
  bits: {
    label: "Bits",
    palette: "bits",
    position: (row) => (row.bits > 0 ? Math.log2(row.bits) : null),
    text: (row) => figureText(row.bits, bits),
    end: (position) => `${bits(2 ** position)} bits`,
  },
  error: {
    label: "Error",
    palette: "loss",
    position: (row) => (row.weighted_relative_error > 0 ? Math.log10(row.weighted_relative_error) : null),
    text: (row) => figureText(row.weighted_relative_error, brief),
    end: (position) => `${brief(10 ** position)} weighted relative error`,
  },
  share: {
    label: inNats ? "Share of KLD" : "Share of error",
    palette: "loss",
    position: (row) => (isKnown(row.share) ? Math.sqrt(row.share) : null),
    text: (row) => figureText(row.share, percent),
    end: (position) => percent(position ** 2),
  },
};

/** Two significant digits, for cells. */
function brief(value) {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(1).split("e");
  return Number(exponent) < -4 ? `${digits}e${exponent}` : String(Number(value.toPrecision(2)));
}

/** The least and the largest position of the rows that are coloured. */
function extent(scale, rows) {
  const positions = rows.filter((row) => !row.kept).map(scale.position).filter(isKnown);
  return positions.length ? [Math.min(...positions), Math.max(...positions)] : null;
}

/** A step from 0 to 8 between the ends. */
function level(position, [low, high]) {
  if (high === low) return Math.floor(levels / 2);
  return Math.min(levels - 1, Math.max(0, Math.floor((levels * (position - low)) / (high - low))));
}

function levelOf(row, scale, ends) {
  const position = row.kept ? null : scale.position(row);
  return isKnown(position) && ends ? level(position, ends) : "none";
}

// ----------------------------------------------------------------------------------------------- heat map

const map = { rows: [], scale: null, withKept: false, cells: new Map(), described: null };

/** The scales for which at least one tensor has a figure. Where all tensors have one type, losses alone differ. */
function usableScales(rows) {
  const isOneType = Boolean(report.measurements?.length);
  const differs = (scale) => !isOneType || scale.palette === "loss";
  const hasFigure = (scale) => rows.some((row) => !row.kept && isKnown(scale.position(row)));
  return Object.entries(scales).filter(([, scale]) => differs(scale) && hasFigure(scale));
}

function setUpMap(rows) {
  if (!rows.length) return;
  reveal("map");
  setUpScales(rows);
  byId("map-kept").hidden = !rows.some((row) => row.kept);
  byId("map-kept-box").addEventListener("change", (event) => {
    map.withKept = event.target.checked;
    drawMap(map.rows);
  });
  for (const frame of [byId("map-outside"), byId("map-blocks")]) followPointer(frame);
}

function setUpScales(rows) {
  const usable = usableScales(rows);
  map.scale = (usable[0] ?? ["type"])[0];
  byId("map-scales").append(...usable.map(([key, scale]) => scaleChoice(key, scale)));
  byId("map-choice").hidden = usable.length < 2;
}

function scaleChoice(key, scale) {
  const input = element("input", { type: "radio", name: "scale", value: key });
  input.checked = key === map.scale;
  input.addEventListener("change", () => {
    map.scale = key;
    paintMap();
  });
  return element("label", {}, input, scale.label);
}

function drawMap(rows) {
  map.rows = rows;
  map.cells.clear();
  const shown = rows.filter((row) => map.withKept || !row.kept);
  const inBlocks = shown.filter((row) => row.block !== null);
  byId("map-outside").replaceChildren(outsideStrip(shown.filter((row) => row.block === null)));
  byId("map-blocks").replaceChildren(blockGrid(inBlocks));
  byId("map-blocks").hidden = !inBlocks.length;
  paintMap();
  describe(shown[0]);
}

/** Colours and labels all cells by the scale that is chosen. */
function paintMap() {
  const scale = scales[map.scale];
  const ends = extent(scale, map.rows);
  byId("map").dataset.scale = scale.palette;
  for (const [cell, row] of map.cells) {
    cell.dataset.level = levelOf(row, scale, ends);
    cell.textContent = row.kept ? visible(row.type) : scale.text(row);
  }
  byId("map-legend").replaceChildren(...legend(scale, ends));
}

function cellFor(tag, row, attributes = {}) {
  const moved = row.move ? (row.move.steps > 0 ? "up" : "down") : null;
  const cell = element(tag, { class: "cell", tabindex: -1, "data-moved": moved, ...attributes });
  map.cells.set(cell, row);
  return cell;
}

/** Tensors outside blocks, each with its name above it. */
function outsideStrip(rows) {
  const cells = rows.map((row) => cellFor("button", row, { type: "button", "aria-describedby": "map-panel" }));
  const tensors = rows.map((row, index) => {
    const name = element("span", { class: "label", title: visible(row.kind) }, visible(row.kind));
    cells[index].setAttribute("aria-label", visible(row.name));
    return element("div", { class: "tensor" }, name, cells[index]);
  });
  const label = "Tensors outside blocks";
  const strip = element("div", { class: "outside", role: "group", "aria-label": label }, ...tensors);
  strip.hidden = !rows.length;
  rove(strip, [cells]);
  return strip;
}

/** A table of blocks by kinds. */
function blockGrid(rows) {
  const columns = kindsInOrder(rows);
  const blocks = [...new Set(rows.map((row) => row.block))].sort((a, b) => a - b);
  const rowsAt = new Map(rows.map((row) => [`${row.block} ${row.kind}`, row]));
  const cells = blocks.map((block) => columns.map((kind) => {
    const row = rowsAt.get(`${block} ${kind}`);
    return row ? cellFor("td", row, { role: "gridcell" }) : null;
  }));
  const grid = element("table", { class: "grid", role: "grid", "aria-label": "Blocks by kinds of tensors" },
    gridHead(columns), element("tbody", {}, ...blocks.map((block, index) => gridRow(block, cells[index]))));
  grid.style.setProperty("--blocks", Math.max(1, blocks.length));
  rove(grid, cells);
  return grid;
}

/** Kinds in the order in which a model uses them; others follow as the file has them. */
function kindsInOrder(rows) {
  const usual = ["attn_q", "attn_k", "attn_v", "attn_qkv", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
  const rank = (kind) => (usual.includes(kind) ? usual.indexOf(kind) : usual.length);
  return [...new Set(rows.map((row) => row.kind))].sort((a, b) => rank(a) - rank(b));
}

function gridHead(columns) {
  const heads = columns.map((kind) => element("th", { scope: "col", title: visible(kind) },
    element("span", { class: "kind" }, ...breakable(visible(kind)))));
  const corner = element("th", { class: "corner", scope: "col" }, element("span", { class: "heard" }, "block"));
  return element("thead", {}, element("tr", {}, corner, ...heads));
}

function gridRow(block, cells) {
  const absent = () => element("td", { class: "absent", role: "gridcell" });
  return element("tr", {}, element("th", { scope: "row" }, String(block)), ...cells.map((cell) => cell ?? absent()));
}

/** A name that may be broken behind its underscores. */
function breakable(name) {
  return name.split(/(?<=[_.])/u).flatMap((part) => [part, element("wbr")]);
}

/** The legend: the types that occur, or a ramp with its ends. */
function legend(scale, ends) {
  if (!ends) return [];
  const entries = scale === scales.type ? typeLegend(ends) : [ramp(scale, ends)];
  return map.rows.some((row) => row.move) ? [...entries, moveEntry()] : entries;
}

function typeLegend(ends) {
  const title = element("span", { class: "entry" }, "Type, bits per weight (tensors):");
  return [title, ...typeEntries(ends)];
}

function typeEntries(ends) {
  const free = map.rows.filter((row) => !row.kept);
  const examples = new Map(free.map((row) => [row.type, row]));
  return [...examples.values()].sort((a, b) => rankOf(a) - rankOf(b)).map((row) => {
    const tensors = free.filter(({ type }) => type === row.type).length;
    const name = element("span", { class: "mono" }, visible(row.type));
    const figures = element("span", { class: "quiet" }, ` ${figureText(bitsOf(row), bits)} (${count(tensors)})`);
    const swatch = element("span", { class: "swatch", "data-level": levelOf(row, scales.type, ends) });
    return element("span", { class: "entry" }, swatch, element("span", {}, name, figures));
  });
}

function ramp(scale, ends) {
  const steps = Array.from({ length: levels }, (_, step) => element("span", { class: "swatch", "data-level": step }));
  const colours = element("span", { class: "ramp" }, ...steps);
  return element("span", { class: "entry" }, scale.end(ends[0]), colours, scale.end(ends[1]));
}

function moveEntry() {
  const corners = "at the top to more bits, at the bottom to fewer";
  const words = `A corner marks tensors that moved from ${skeletonName()}: ${corners}.`;
  return element("span", { class: "entry quiet" }, words);
}

// ------------------------------------------------------------------------------ pointing and arrow keys

/** Makes one stop of the tab key of a matrix of elements. Arrow keys move inside it. */
function rove(container, matrix) {
  const cells = matrix.flat().filter(Boolean);
  if (!cells.length) return;
  cells[0].tabIndex = 0;
  container.addEventListener("focusin", (event) => {
    if (!cells.includes(event.target)) return;
    for (const cell of cells) cell.tabIndex = cell === event.target ? 0 : -1;
  });
  container.addEventListener("keydown", (event) => {
    const next = neighbour(matrix, event.target, event);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** How far down and to the right a key leads. */
const directions = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** The element that a key leads to. Gaps are jumped over. */
function neighbour(matrix, from, { key, ctrlKey }) {
  const row = matrix.findIndex((cells) => cells.includes(from));
  if (row < 0) return null;
  if (key === "Home") return (ctrlKey ? matrix.flat() : matrix[row]).find(Boolean);
  if (key === "End") return (ctrlKey ? matrix.flat() : matrix[row]).findLast(Boolean);
  if (!(key in directions)) return null;
  const [down, right] = directions[key];
  let [y, x] = [row + down, matrix[row].indexOf(from) + right];
  while (matrix[y] && x >= 0 && x < matrix[y].length) {
    if (matrix[y][x]) return matrix[y][x];
    [y, x] = [y + down, x + right];
  }
  return null;
}

/** Describes the cell that the pointer moves over, or that gets the focus. */
function followPointer(frame) {
  for (const kind of ["pointermove", "focusin"]) {
    frame.addEventListener(kind, (event) => {
      const row = map.cells.get(event.target);
      if (row && row !== map.described) describe(row);
    });
  }
}

function describe(row) {
  map.described = row;
  if (!row) return byId("map-panel").replaceChildren();
  const lines = columnsWith(map.rows).filter((column) => !["name", "reason"].includes(column.key));
  const facts = lines.flatMap((column) => {
    const style = column.isMinor ? "minor" : null;
    return [element("dt", { class: style }, column.title), element("dd", { class: style }, column.show(row))];
  });
  return byId("map-panel").replaceChildren(
    element("h3", {}, ...breakable(visible(row.name))),
    element("dl", { class: "facts" }, ...facts),
    element("p", { class: "why" }, whyOf(row)),
  );
}

/** Why a tensor has its type: why it moved, or else what the plan says of it. */
function whyOf({ move, reason }) {
  if (move) return `${visible(move.from)} → ${visible(move.to)}: ${visible(move.reason)}`;
  return reason ? visible(reason) : "";
}

// -------------------------------------------------------------------------------------------------- tables

const number = (key, title, format) => ({
  key,
  title,
  value: (row) => row[key],
  show: (row) => figure(row[key], format, reasonMissing(key, row)),
});

const text = (key, title) => ({
  key,
  title,
  isText: true,
  value: (row) => row[key],
  show: (row) => (isGiven(row[key]) ? visible(row[key]) : dash(reasonMissing(key, row))),
});

/** A column that phones show in the table alone. */
const minor = (column) => ({ ...column, isMinor: true });

const tensorColumns = [
  text("name", "tensor"),
  { ...text("type", "type"), value: rankOf },
  number("bits", "bits per weight", bits),
  number("bytes", "size", size),
  number("predicted", costName, short),
  minor(number("standard_error", "standard error", short)),
  number("share", shareName, percent),
  number("weighted_relative_error", "relative error", short),
  minor(number("rmse", "RMSE", short)),
  minor(number("maximum_error", "largest error", short)),
  minor(number("percentile_95", "95th percentile", short)),
  text("next_upgrade", "next upgrade"),
  number("upgrade_bytes", "it takes", size),
  number("upgrade_gain", "it saves", short),
  minor(number("upgrade_rate", "saves per KiB", short)),
  { ...text("reason", "reason"), isWide: true },
];

/** The columns of which the report has something to say. */
function columnsWith(rows) {
  return tensorColumns.filter(({ key }) => rows.some((row) => isGiven(row[key])) || report.missing?.[key]);
}

function cellClass({ isText, isWide }) {
  return [isText ? "text" : null, isWide ? "wide" : null].filter(Boolean).join(" ") || null;
}

/** A table that does not change: the first column heads the rows. */
function table(caption, columns, rows) {
  const heads = columns.map((column) => element("th", { scope: "col", class: cellClass(column) }, column.title));
  const body = rows.map((row) => element("tr", {}, ...columns.map((column, index) => index === 0
    ? element("th", { scope: "row" }, column.show(row))
    : element("td", { class: cellClass(column) }, column.show(row)))));
  return element("table", { class: "data" },
    caption ? element("caption", {}, caption) : null,
    element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body));
}

/** Puts a table into its place, or hides the place where there is nothing to list. */
function showTable(id, caption, columns, rows) {
  byId(id).hidden = !rows.length;
  if (rows.length) byId(id).replaceChildren(table(caption, columns, rows));
}

// -------------------------------------------------------------------------------------- table of tensors

const list = { rows: [], columns: [], lines: [], sorted: null, isAscending: false };

function setUpTable(rows) {
  if (!rows.length) return;
  reveal("tensors");
  for (const id of ["filter-name", "filter-type", "filter-kept-box"]) byId(id).addEventListener("input", filterTable);
  byId("filter-kept").hidden = !rows.some((row) => row.kept);
}

function drawTable(rows) {
  list.rows = rows;
  list.columns = columnsWith(rows);
  list.lines = rows.map((row) => ({ row, line: tableLine(row) }));
  drawTypeFilter();
  byId("tensors-table").replaceChildren(element("table", { class: "data" },
    element("thead", {}, element("tr", {}, ...list.columns.map(sortableHead))),
    element("tbody"), element("tfoot")));
  sortTable();
}

function tableLine(row) {
  return element("tr", {}, ...list.columns.map((column, index) => index === 0
    ? element("th", { scope: "row", class: "name-cell", title: visible(row.name) }, column.show(row))
    : element("td", { class: cellClass(column) }, column.show(row))));
}

function drawTypeFilter() {
  const occurring = new Map(list.rows.map((row) => [row.type, rankOf(row)]));
  const inOrder = [...occurring].sort((a, b) => a[1] - b[1]);
  const options = inOrder.map(([type]) => element("option", { value: type }, visible(type)));
  byId("filter-type").replaceChildren(element("option", { value: "" }, "all"), ...options);
}

function sortableHead(column) {
  const button = element("button", { type: "button", class: "sort" }, column.title);
  button.addEventListener("click", () => sortBy(column));
  return element("th", { scope: "col", class: cellClass(column), "aria-sort": "none" }, button);
}

/** Numbers start with the largest, text with the first. Another click turns the order round. */
function sortBy(column) {
  list.isAscending = list.sorted === column ? !list.isAscending : Boolean(column.isText);
  list.sorted = column;
  sortTable();
}

/** What is not known comes last in either order. */
function compare(a, b) {
  if (!isGiven(a) || !isGiven(b)) return isGiven(b) - isGiven(a);
  const order = typeof a === "number" ? a - b : collator.compare(a, b);
  return list.isAscending ? order : -order;
}

function sortTable() {
  const { sorted, lines } = list;
  const order = sorted ? (a, b) => compare(sorted.value(a.row), sorted.value(b.row)) : () => 0;
  lines.sort((a, b) => order(a, b) || a.row.index - b.row.index);
  byId("tensors-table").querySelector("tbody").replaceChildren(...lines.map(({ line }) => line));
  byId("tensors-table").querySelectorAll("thead th").forEach((head, index) => {
    const direction = list.isAscending ? "ascending" : "descending";
    head.setAttribute("aria-sort", list.columns[index] === sorted ? direction : "none");
  });
  filterTable();
}

function filterTable() {
  const name = byId("filter-name").value.trim().toLowerCase();
  const type = byId("filter-type").value;
  const withKept = byId("filter-kept-box").checked;
  const fits = (row) => (withKept || !row.kept || row.type === type)
    && (!type || row.type === type) && row.name.toLowerCase().includes(name);
  const shown = list.lines.filter(({ row, line }) => {
    line.hidden = !fits(row);
    return !line.hidden;
  });
  byId("filter-count").textContent = `${count(shown.length)} of ${plural(list.rows.length, "tensor")}`;
  byId("tensors-table").querySelector("tfoot").replaceChildren(totals(shown.map(({ row }) => row)));
}

/** Sums of the tensors that are shown. */
function totals(rows) {
  const sums = ["bytes", "predicted", "share"];
  const cells = list.columns.slice(1).map(({ key, show }) =>
    element("td", {}, sums.includes(key) && rows.length ? show({ [key]: sum(rows, key) }) : ""));
  return element("tr", {}, element("th", { scope: "row", class: "text" }, "shown"), ...cells);
}

// ---------------------------------------------------------------------------------------------- frontier

const markKinds = { "single type": "type", skeleton: "skeleton", plan: "plan" };
const markNames = { type: "single type", skeleton: "stock mix", plan: "this plan" };

function setUpFrontier() {
  const frontier = report.frontier;
  if (!frontier || !(frontier.breakpoints.length || frontier.references.length)) return;
  reveal("frontier");
  const points = frontierPoints(frontier);
  byId("frontier-words").textContent = frontierWords(frontier);
  byId("frontier-legend").append(...frontierLegend(points));
  showTable("frontier-table", null, frontierColumns, points);
  new ResizeObserver(() => drawChart(frontier, points)).observe(byId("frontier-chart"));
  addEventListener("beforeprint", () => drawChart(frontier, points, paperWidth));
  addEventListener("afterprint", () => drawChart(frontier, points));
}

/** All mixes, the smallest first, with this plan among them. */
function frontierPoints(frontier) {
  const withMark = (reference) => ({ ...reference, mark: markKinds[reference.kind] ?? "type" });
  const points = frontier.references.map(withMark);
  return [...points, ...planPoint()].sort((a, b) => a.bpw - b.bpw);
}

function planPoint() {
  if (!report.plan) return [];
  const { bpw, bytes } = report.plan;
  return [{ name: markNames.plan, mark: "plan", bpw, bytes, predicted: planCost(), frontier: null }];
}

function frontierWords({ breakpoints }) {
  if (!breakpoints.length) return `Each mark is a way to quantize the whole model, by its size and its ${costName}.`;
  return `The line is the frontier: the least ${costName} that any choice of types can have at each size. `
    + "Marks are single types, given to the whole model, and stock mixes. The loss axis is logarithmic.";
}

const ratio = (point) => (point.frontier > 0 ? point.predicted / point.frontier : null);

const frontierColumns = [
  { ...text("name", "mix"), show: (point) => visible(point.name) },
  { title: "kind", isText: true, show: (point) => markNames[point.mark] },
  number("bpw", "bits per weight", bits),
  number("bytes", "size", size),
  number("predicted", costName, short),
  number("frontier", "frontier at this size", short),
  { title: "against the frontier", show: (point) => figure(ratio(point), (value) => `${short(value)} ×`) },
];

function symbol(mark) {
  const shapes = {
    type: () => drawn("circle", { r: 4 }),
    skeleton: () => drawn("path", { d: "M0 -6L6 0L0 6L-6 0Z" }),
    plan: () => drawn("path", { d: "M0 -9L2.6 -3L9 -2.6L4 1.6L5.6 8L0 4.4L-5.6 8L-4 1.6L-9 -2.6L-2.6 -3Z" }),
  };
  return fill(shapes[mark](), { class: `mark mark-${mark}` }, []);
}

function frontierLegend(points) {
  const marks = Object.values(markKinds).filter((mark) => points.some((point) => point.mark === mark));
  const picture = { width: 20, height: 20, viewBox: "-10 -10 20 20", "aria-hidden": "true" };
  return marks.map((mark) =>
    element("span", { class: "entry" }, drawn("svg", picture, symbol(mark)), markNames[mark]));
}

/** Whether a point has a place on a logarithmic axis. */
const hasLoss = (point) => point.predicted > 0;

/** The lengths of the axes. Marks far outside the frontier are left to the table. */
function axes({ breakpoints }, points, width, height) {
  const own = points.filter((point) => point.mark === "plan");
  const wide = breakpoints.length ? [...breakpoints, ...own] : points.filter(hasLoss);
  const across = wide.map((point) => point.bpw).filter(isKnown);
  const [low, high] = [Math.min(...across) - 0.15, Math.max(...across) + 0.15];
  const inside = points.filter((point) => hasLoss(point) && point.bpw >= low && point.bpw <= high);
  const losses = [...breakpoints, ...inside].filter(hasLoss).map((point) => Math.log10(point.predicted));
  const [least, most] = [Math.min(...losses) - 0.1, Math.max(...losses) + 0.1];
  const area = { left: 58, right: width - 12, top: 28, bottom: height - 44 };
  return {
    area, inside, low, high, least, most,
    x: (bpw) => area.left + ((bpw - low) / (high - low)) * (area.right - area.left),
    y: (loss) => area.bottom - ((Math.log10(loss) - least) / (most - least)) * (area.bottom - area.top),
  };
}

/** Width of a chart on paper, in pixels. */
const paperWidth = 720;

/** Draws the chart in the width that it has, so that its letters keep their size. */
function drawChart(frontier, points, room = byId("frontier-chart").clientWidth) {
  const width = Math.max(280, room);
  const height = Math.round(Math.min(520, Math.max(340, width * 0.5)));
  const view = axes(frontier, points, width, height);
  if (!view.inside.length && !frontier.breakpoints.length) return;
  const marks = view.inside.map((point) => chartPoint(point, view));
  const label = `${costName} against bits per weight`;
  const frame = { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label };
  const line = frontierLine(frontier, view);
  const chart = drawn("svg", frame, ...rules(view), line, ...labels(view, frontier), ...marks);
  rove(chart, [marks]);
  byId("frontier-chart").replaceChildren(chart);
  tell(view.inside.find((point) => point.mark === "plan") ?? view.inside[0]);
}

function frontierLine({ breakpoints }, view) {
  const path = breakpoints.filter(hasLoss)
    .map((point) => `${view.x(point.bpw).toFixed(1)} ${view.y(point.predicted).toFixed(1)}`);
  return drawn("path", { class: "frontier-line", d: path.length ? `M${path.join("L")}` : "" });
}

/** Rules and figures of both axes. */
function rules(view) {
  const { area } = view;
  const across = ticksBetween(view.low, view.high, area.right - area.left).map((tick) => drawn("g", {},
    drawn("path", { class: "rule", d: `M${view.x(tick)} ${area.top}V${area.bottom}` }),
    drawn("text", { x: view.x(tick), y: area.bottom + 18, "text-anchor": "middle" }, String(tick))));
  const up = lossTicks(view.least, view.most).map((tick) => drawn("g", {},
    drawn("path", { class: "rule", d: `M${area.left} ${view.y(tick)}H${area.right}` }),
    drawn("text", { x: area.left - 8, y: view.y(tick) + 4, "text-anchor": "end" }, short(tick))));
  const corner = { class: "axis", x: area.right, y: area.bottom + 38, "text-anchor": "end" };
  const acrossTitle = drawn("text", corner, "bits per weight");
  const upTitle = drawn("text", { class: "axis", x: 2, y: 14 }, inNats ? `${costName}, nats per token` : costName);
  return [...across, ...up, acrossTitle, upTitle];
}

function wholeNumbers(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function ticksBetween(low, high, width) {
  const step = [0.25, 0.5, 1, 2, 4].find((size) => ((high - low) / size) * 42 < width) ?? 8;
  return wholeNumbers(Math.ceil(low / step), Math.floor(high / step)).map((multiple) => multiple * step);
}

/** 1, 2 and 5 times powers of ten; powers alone where there are many. */
function lossTicks(least, most) {
  const factors = most - least > 3 ? [1] : [1, 2, 5];
  const powers = wholeNumbers(Math.floor(least), Math.ceil(most));
  const ticks = powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
  return ticks.filter((tick) => Math.log10(tick) >= least && Math.log10(tick) <= most);
}

function chartPoint(point, view) {
  const at = `translate(${view.x(point.bpw).toFixed(1)} ${view.y(point.predicted).toFixed(1)})`;
  const attributes = { class: "point", role: "img", tabindex: -1, transform: at, "aria-label": pointWords(point) };
  const node = drawn("g", attributes, drawn("circle", { class: "hit", r: 10 }), symbol(point.mark));
  for (const kind of ["focus", "pointerenter"]) node.addEventListener(kind, () => tell(point));
  return node;
}

function pointWords(point) {
  const against = ratio(point) ? `, ${short(ratio(point))} times the frontier` : "";
  const name = point.mark === "plan" ? markNames.plan : `${visible(point.name)}, ${markNames[point.mark]}`;
  const loss = `${costName} ${short(point.predicted)}`;
  return `${name}: ${bits(point.bpw)} bits per weight, ${size(point.bytes)}, ${loss}${against}`;
}

function tell(point) {
  byId("frontier-panel").textContent = point ? pointWords(point) : "";
}

/** Names beside marks, where they hide nothing. This plan and stock mixes go first. */
function labels(view, frontier) {
  const taken = view.inside.map((point) => boxAround(view.x(point.bpw), view.y(point.predicted), 5));
  const curve = frontier.breakpoints.filter(hasLoss)
    .map((point) => boxAround(view.x(point.bpw), view.y(point.predicted), 2));
  const order = ["plan", "skeleton", "type"];
  const wanted = [...view.inside].sort((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark));
  return wanted.flatMap((point) => {
    const box = freeBox(point, view, point.mark === "plan" ? taken : [...taken, ...curve]);
    if (!box) return [];
    taken.push(box);
    return drawn("text", { class: `name ${point.mark}`, x: box.left, y: box.bottom - 3 }, visible(point.name));
  });
}

const boxAround = (x, y, reach) => ({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** A box for a name near its mark, which covers nothing that is taken. */
function freeBox(point, view, taken) {
  const [width, height] = [6.7 * visible(point.name).length, 13];
  const [x, y] = [view.x(point.bpw), view.y(point.predicted)];
  const [middle, left, right] = [x - width / 2, x - width - 9, x + 9];
  const corners = [[right, y - 7], [left, y - 7], [middle, y - 22], [middle, y + 9], [x + 6, y - 19], [x + 6, y + 6]];
  const boxes = corners.map(([left, top]) => ({ left, top, right: left + width, bottom: top + height }));
  return boxes.find((box) => isWithin(box, view.area) && !taken.some((other) => overlap(box, other)));
}

function isWithin(box, area) {
  return box.left > area.left && box.right < area.right && box.top > area.top && box.bottom < area.bottom;
}

// ------------------------------------------------------------------------------------ predicted and actual

function drawActual() {
  const evaluation = report.evaluate?.evaluation ?? report.plan?.evaluation;
  const trials = report.plan?.trials ?? [];
  if (!evaluation && !trials.length) return;
  reveal("actual");
  if (evaluation) drawEvaluation(evaluation, report.evaluate?.predicted_kld ?? report.plan?.predicted_kld);
  showTable("actual-trials", "Plans that were run", trialColumns, trials);
}

function drawEvaluation(evaluation, predicted) {
  byId("actual-words").textContent = actualWords(evaluation, predicted);
  byId("actual-bars").append(bars(predicted, evaluation.kld));
  showTable("actual-figures", "What was found", foundColumns, found(evaluation));
  showTable("actual-by-top", "By how sure the original is", sureColumns, evaluation.by_top_probability ?? []);
}

function actualWords({ tokens, texts, kld }, predicted) {
  const where = `${plural(tokens, "token")} of ${texts.map(visible).join(", ")} were scored.`;
  if (!(predicted > 0)) return `${where} No prediction is known.`;
  return `${where} The actual KLD is ${short(kld.value / predicted)} times what was predicted.`;
}

/** Two bars of the same scale, the actual one with two standard errors to either side. */
function bars(predicted, { value, error }) {
  const most = 1.05 * Math.max(predicted ?? 0, value + 2 * error);
  const length = (loss) => `${(100 * Math.max(0, loss)) / most}%`;
  const ends = { x1: length(value - 2 * error), x2: length(value + 2 * error), y1: "50%", y2: "50%" };
  return element("div", { class: "bars" },
    ...(isKnown(predicted) ? bar("predicted", length(predicted), short(predicted)) : []),
    ...bar("actual", length(value), withError(value, error), drawn("line", { class: "whisker", ...ends })));
}

/** A bar with its name before it and its figure behind it. */
function bar(label, width, words, ...marks) {
  const body = drawn("rect", { class: label, width, height: "100%" });
  const picture = drawn("svg", { "aria-hidden": "true" }, body, ...marks);
  return [element("span", {}, label), picture, element("span", { class: "figure" }, words)];
}

function found(evaluation) {
  const lines = [
    ["mean KLD", evaluation.kld, short],
    ["median KLD", evaluation.kld_median, short],
    ["99th percentile of KLD", evaluation.kld_99, short],
    ["largest KLD", evaluation.kld_maximum, short],
    ["same top token", evaluation.same_top, percent],
    ["change of probability, root mean square", evaluation.rms_probability_change, percent],
    ["perplexity of the original", evaluation.perplexity_base, short],
    ["perplexity", evaluation.perplexity, short],
    ["logarithm of their ratio", evaluation.log_perplexity_ratio, short],
    ["greedy tokens that agree", evaluation.greedy?.agreed, percent],
    ["greedy texts that agree to the end", evaluation.greedy?.to_end, percent],
    ["draft agrees, original", evaluation.draft_agreement?.base, percent],
    ["draft agrees, quantized", evaluation.draft_agreement?.quantized, percent],
  ];
  return lines.filter(([, value]) => value !== undefined).map(([name, value, format]) =>
    ({ name, format, value: value?.value ?? value, error: value?.error ?? 0 }));
}

const foundColumns = [
  text("name", "figure"),
  { title: "value ± standard error", show: ({ value, error, format }) => withError(value, error, format) },
];

/** A figure with its standard error. Without tokens there is none. */
const estimate = (found, format) => (found ? withError(found.value, found.error, format) : dash("no tokens"));

const sureColumns = [
  { title: "probability of its top token", show: ({ from, to }) => `${from} to ${to}` },
  number("tokens", "tokens", count),
  { title: "KLD", show: ({ kld }) => estimate(kld, short) },
  { title: "same top token", show: ({ same_top: same }) => estimate(same, percent) },
];

const trialColumns = [
  { title: "plan", show: ({ variation }) => (variation === null ? `least ${costName}` : visible(variation)) },
  number("predicted", costName, short),
  { title: "actual KLD", show: (trial) => withError(trial.kld, trial.standard_error) },
  { title: "outcome", isText: true, show: ({ chosen }) => (chosen ? "chosen" : "passed over") },
];

// --------------------------------------------------------------------------------------- moves and limits

const firstMoves = 12;

function drawMoves() {
  const all = [...moves.values()];
  if (!all.length) return;
  reveal("moves");
  all.sort((a, b) => Math.abs(b.gain) - Math.abs(a.gain));
  byId("moves-words").textContent = movesWords(all);
  byId("moves-first").append(moveList(all.slice(0, firstMoves)));
  byId("moves-more").hidden = all.length <= firstMoves;
  byId("moves-more-title").textContent = `${plural(all.length - firstMoves, "more move")}`;
  byId("moves-rest").append(moveList(all.slice(firstMoves)));
}

function movesWords(all) {
  const up = all.filter((move) => move.steps > 0).length;
  const down = count(all.length - up);
  return `The plan started from ${skeletonName()}. ${plural(up, "tensor")} moved up to more bits, and ${down} down to `
    + "fewer. Those that matter most come first.";
}

function moveList(some) {
  return element("ol", { class: "moves" }, ...some.map(moveLine));
}

function moveLine({ tensor, from, to, steps, reason }) {
  const isUp = steps > 0;
  return element("li", {},
    element("span", { class: "tensor mono" }, visible(tensor)),
    element("span", { class: "mono" }, `${visible(from)} → ${visible(to)}`),
    element("span", { class: `steps ${isUp ? "up" : "down"}` }, isUp ? `+${steps}` : signed(String(steps))),
    element("span", { class: "why" }, visible(reason)));
}

function drawLimits() {
  const { pools = [], constraints = [], context = null } = report.plan ?? {};
  if (!pools.length && !constraints.length) return;
  reveal("limits");
  showTable("limits-pools", "Budgets", poolColumns, [...pools, ...contextLines(context)]);
  showTable("limits-constraints", "Constraints and what they cost", constraintColumns, constraints);
}

/** What the context takes of a memory. */
function contextLines(context) {
  if (!context) return [];
  return [
    { name: `KV cache of ${plural(context.tokens, "token")} in ${context.kv_type}`, bytes: context.kv_bytes },
    { name: "compute buffer", bytes: context.compute_bytes },
  ];
}

const poolColumns = [
  { title: "of", show: ({ name }) => visible(name ?? "tensors") },
  { title: "taken", show: ({ bytes }) => figure(bytes, size) },
  { title: "budget", show: ({ budget }) => figure(budget, size) },
  { title: "one more KiB saves", show: ({ marginal_gain: gain }) => figure(gain, (value) => short(1024 * value)) },
];

const constraintColumns = [
  { title: "constraint", show: ({ constraint }) => visible(constraint) },
  number("predicted", costName, short),
];

// -------------------------------------------------------------------------------------------- provenance

function drawProvenance() {
  const facts = report.provenance ?? [];
  if (!facts.length) return;
  reveal("provenance");
  byId("provenance-facts").append(...facts.flatMap(({ label, value, reason }) => [
    element("dt", {}, visible(label)),
    element("dd", { class: "mono" }, value === null ? dash(reason) : visible(value))]));
}

// ---------------------------------------------------------------------------------------------- the page

/** Lets the reader choose the type of an inspection that measured several. */
function setUpMeasurements() {
  const measurements = report.measurements ?? [];
  if (!measurements.length) return null;
  byId("measured").hidden = false;
  const choice = byId("measured-type");
  choice.append(...measurements.map(measurementOption));
  choice.addEventListener("change", () => drawTensors(tensorRows(measurements[choice.selectedIndex])));
  choice.selectedIndex = Math.max(0, measurements.findIndex(({ type }) => typeBits.get(type) >= 4));
  return measurements[choice.selectedIndex];
}

function measurementOption({ type }) {
  return element("option", {}, `${visible(type)} (${figureText(typeBits.get(type), bits)} bits)`);
}

function drawTensors(rows) {
  if (!rows.length) return;
  drawMap(rows);
  drawTable(rows);
}

function openDetails() {
  for (const details of document.querySelectorAll("details")) details.open = true;
}

function drawPage() {
  drawHeadline();
  const rows = tensorRows(setUpMeasurements());
  setUpMap(rows);
  setUpFrontier();
  drawActual();
  drawMoves();
  drawLimits();
  setUpTable(rows);
  drawTensors(rows);
  drawProvenance();
  byId("nothing").hidden = byId("contents").children.length > 0;
  addEventListener("beforeprint", openDetails);
}

drawPage();
