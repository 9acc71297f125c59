// Draws what a page hands over as JSON with plotly.js; a click on a point opens the lines behind it.

const PALETTE = ["#d11f5b", "#2563eb", "#15803d", "#d97706", "#7c3aed", "#0891b2", "#b45309", "#475569",
                 "#db2777", "#4d7c0f", "#1d4ed8", "#9333ea", "#64748b"];
const REST = "#94a3b8";
const ROW_PIXELS = 26;

const dark = () => document.documentElement.classList.contains("dark");

function traceOf(trace, number, chart) {
  const names = chart.dates ? chart.keys : chart.labels;
  const [x, y] = chart.lying ? [trace.values, names] : [names, trace.values];
  const common = {
    name: trace.name, x, y, customdata: trace.links, text: trace.words, hovertext: chart.labels,
    hovertemplate: "%{hovertext}<br>%{text}<extra>%{fullData.name}</extra>", textposition: "none",
    marker: { color: trace.rest ? REST : PALETTE[number % PALETTE.length] },
  };
  if (chart.kind === "line") {
    return { ...common, type: "scatter", mode: "lines+markers", line: { width: 2 }, marker: { ...common.marker, size: 4 } };
  }
  return { ...common, type: "bar", orientation: chart.lying ? "h" : "v" };
}

function layoutOf(chart, narrow) {
  const ink = dark() ? "#e5e7eb" : "#374151";
  const grid = dark() ? "#374151" : "#e5e7eb";
  const names = { automargin: true, gridcolor: grid, fixedrange: true, type: chart.dates ? "date" : "category" };
  if (chart.dates) Object.assign(names, { tickformat: "%d.%m.%y", nticks: narrow ? 5 : 12 });
  const figures = { automargin: true, gridcolor: grid, zerolinecolor: grid, fixedrange: true, rangemode: "tozero",
                    ticksuffix: chart.percent ? " %" : "", nticks: narrow ? 4 : 8 };
  if (chart.lying) Object.assign(names, { autorange: "reversed", tickfont: { size: narrow ? 10 : 12 } });
  return {
    xaxis: chart.lying ? figures : names, yaxis: chart.lying ? names : figures,
    barmode: chart.stacked ? "stack" : "group", showlegend: chart.traces.length > 1,
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", traceorder: "normal" }, margin: { l: 8, r: 8, t: 8, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: ink, family: "inherit" },
    separators: ",.", hovermode: "closest", dragmode: false,
  };
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
  const chart = shortened(given, narrow);
  if (chart.lying) {
    place.dataset.lying = "";
    place.style.height = `${Math.max(220, 90 + chart.labels.length * ROW_PIXELS)}px`;
  }
  const traces = chart.traces.map((trace, number) => {
    const made = traceOf(trace, number, { ...chart, labels: chart.short });
    return { ...made, hovertext: given.labels };
  });
  await window.Plotly.newPlot(place, traces, layoutOf(chart, narrow), { responsive: true, displayModeBar: false });
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
