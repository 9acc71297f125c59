// Draws what a page hands over as JSON with plotly.js; a click on a point opens the lines behind it.
//
// kind "bar" | "line": one trace for each series. `signed` bars are red below zero. `keys` are what stands on the axis of
// `dates` and `numbers`, else `labels`. A trace with `mark` is single points.
// kind "waterfall": one trace of steps; the places in `totals` are sums that begin at zero. Lies down on a phone.
// kind "band": lines; a trace with `band` is the edge of an area. Two of them in a row enclose it; one alone encloses it
// with the trace before it, or with zero when there is none.

const PALETTE = ["#d11f5b", "#2563eb", "#15803d", "#d97706", "#7c3aed", "#0891b2", "#b45309", "#475569",
                 "#db2777", "#4d7c0f", "#1d4ed8", "#9333ea", "#64748b"];
const REST = "#94a3b8";
const GAIN = "#15803d";
const LOSS = "#dc2626";
const SUM = "#2563eb";
const AREA = "rgba(37, 99, 235, 0.18)";
const ROW_PIXELS = 26;
const STEP_PIXELS = 40;

const namesOf = (chart) => (chart.dates || chart.numbers ? chart.keys : chart.labels);
const dark = () => document.documentElement.classList.contains("dark");

function colourOf(trace, number, chart) {
  if (trace.rest) return REST;
  if (chart.signed) return trace.values.map((value) => (value < 0 ? LOSS : GAIN));
  return PALETTE[number % PALETTE.length];
}

function traceOf(trace, number, chart) {
  const names = namesOf(chart);
  const [x, y] = chart.lying ? [trace.values, names] : [names, trace.values];
  const common = {
    name: trace.name, x, y, customdata: trace.links, text: trace.words, hovertext: chart.labels,
    hovertemplate: "%{hovertext}<br>%{text}<extra>%{fullData.name}</extra>", textposition: "none",
    marker: { color: colourOf(trace, number, chart) },
  };
  if (chart.kind === "waterfall") return waterfallOf(trace, chart, common);
  if (chart.kind === "line" || chart.kind === "band") {
    if (trace.mark) return { ...common, type: "scatter", mode: "markers", marker: { ...common.marker, size: 12 } };
    const line = chart.signed ? { width: 2, color: SUM } : { width: 2 };
    const drawn = { ...common, type: "scatter", mode: "lines+markers", line, marker: { ...common.marker, size: 4 } };
    return trace.band ? { ...drawn, line: { width: 1, dash: "dot", color: SUM }, marker: { color: SUM, size: 3 } } : drawn;
  }
  return { ...common, type: "bar", orientation: chart.lying ? "h" : "v" };
}

function waterfallOf(trace, chart, common) {
  const isTotal = new Set(chart.totals);
  const { marker, ...rest } = common;
  return {
    ...rest, type: "waterfall", orientation: chart.lying ? "h" : "v",
    measure: trace.values.map((_value, place) => (isTotal.has(place) ? "absolute" : "relative")),
    textposition: chart.lying ? "none" : "outside", textfont: { size: 11 }, constraintext: "none", cliponaxis: false,
    increasing: { marker: { color: GAIN } }, decreasing: { marker: { color: LOSS } }, totals: { marker: { color: SUM } },
    connector: { line: { color: dark() ? "#6b7280" : "#9ca3af", width: 1 } },
  };
}

// The area as a shape of its own: filling up to another line draws nonsense where one of both has a gap.
function areasOf(chart) {
  const names = namesOf(chart);
  const areas = [];
  for (let place = 0; place < chart.traces.length; place += 1) {
    if (!chart.traces[place].band) continue;
    const isPair = Boolean(chart.traces[place + 1]?.band);
    const upper = isPair ? chart.traces[place + 1] : chart.traces[place];
    const lower = isPair ? chart.traces[place] : chart.traces[place - 1];
    const bottom = lower ? lower.values : upper.values.map((value) => (value === null ? null : 0));
    const known = [...names.keys()].filter((at) => upper.values[at] !== null && bottom[at] !== null);
    const back = [...known].reverse();
    areas.push({
      type: "scatter", mode: "lines", fill: "toself", fillcolor: AREA, line: { width: 0 }, hoverinfo: "skip", showlegend: false,
      x: [...known, ...back].map((at) => names[at]),
      y: [...known.map((at) => upper.values[at]), ...back.map((at) => bottom[at])],
    });
    if (isPair) place += 1;
  }
  return areas;
}

function axisOf(chart) {
  if (chart.dates) return "date";
  return chart.numbers ? "linear" : "category";
}

function layoutOf(chart, narrow) {
  const ink = dark() ? "#e5e7eb" : "#374151";
  const grid = dark() ? "#374151" : "#e5e7eb";
  const names = { automargin: true, gridcolor: grid, fixedrange: true, type: axisOf(chart) };
  if (chart.dates) Object.assign(names, { tickformat: "%d.%m.%y", nticks: narrow ? 5 : 12 });
  else if (chart.kind === "line" || chart.kind === "band") Object.assign(names, { nticks: narrow ? 5 : 14 });
  const figures = { automargin: true, gridcolor: grid, zerolinecolor: chart.signed ? ink : grid, fixedrange: true,
                    rangemode: "tozero", tickprefix: chart.percent ? "%" : "", nticks: narrow ? (chart.lying ? 3 : 4) : 8,
                    // `4.000.000`, not `4M`: nobody here writes millions with an M.
                    exponentformat: "none", separatethousands: true };
  // The steps of a waterfall say their amounts themselves; the names below them need the width.
  if (chart.kind === "waterfall" && !chart.lying) Object.assign(figures, { showticklabels: false });
  if (chart.lying) Object.assign(names, { autorange: "reversed", tickfont: { size: narrow ? 10 : 12 } });
  return {
    xaxis: chart.lying ? figures : names, yaxis: chart.lying ? names : figures,
    barmode: chart.stacked ? "stack" : "group", showlegend: chart.traces.length > 1,
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", traceorder: "normal" }, margin: { l: 8, r: 8, t: 8, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: ink, family: "inherit" },
    separators: ",.", hovermode: "closest", dragmode: false,
  };
}

// Words stand above and below the steps: room for them, which plotly does not keep. On a phone they stand with the names.
function withRoom(layout, chart) {
  if (chart.lying) return layout;
  const isTotal = new Set(chart.totals);
  let level = 0;
  const levels = chart.traces[0].values.map((value, place) => {
    level = isTotal.has(place) ? value : level + value;
    return level;
  });
  const [least, most] = [Math.min(0, ...levels), Math.max(0, ...levels)];
  const room = (most - least || 1) * 0.12;
  Object.assign(layout.yaxis, { range: [least - (least < 0 ? room : 0), most + room] });
  return layout;
}

// Long names would leave no room for the bars of a phone.
function shortened(chart, narrow) {
  const most = narrow ? 16 : 34;
  const cut = (label) => (label.length > most ? `${label.slice(0, most - 1)}…` : label);
  const seen = new Map();
  const labels = chart.labels.map((label) => {
    const name = cut(label);
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return seen.get(name) > 1 ? name + "\u200b".repeat(seen.get(name) - 1) : name;
  });
  return { ...chart, short: labels };
}

async function draw(place) {
  const given = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const narrow = place.clientWidth < 600;
  const isWaterfall = given.kind === "waterfall";
  if (isWaterfall) given.lying = narrow;
  const chart = shortened(given, narrow);
  if (chart.lying) {
    place.dataset.lying = "";
    place.style.height = `${Math.max(220, 90 + chart.labels.length * (isWaterfall ? STEP_PIXELS : ROW_PIXELS))}px`;
  }
  // No <b>: plotly would write a style into the page, which the policy forbids. plotly.css makes the second line bold.
  const withWords = (label, at) => `${label}<br>${given.traces[0].words[at]}`;
  const drawn = { ...chart, labels: isWaterfall && chart.lying ? chart.short.map(withWords) : chart.short };
  const traces = chart.traces.map((trace, number) => ({ ...traceOf(trace, number, drawn), hovertext: given.labels }));
  const layout = layoutOf(chart, narrow);
  await window.Plotly.newPlot(place, [...areasOf(drawn), ...traces], isWaterfall ? withRoom(layout, chart) : layout,
                              { responsive: true, displayModeBar: false });
  place.on("plotly_click", (event) => {
    const link = event.points[0]?.customdata;
    if (link) window.location.assign(link);
  });
  place.dataset.drawn = "true";
}

for (const place of document.querySelectorAll("[data-chart]")) {
  draw(place).catch((error) => {
    console.error(error);
    place.hidden = true;
    place.parentElement.querySelector(".sa-chart-failed").hidden = false;
  });
}
