// Draws the plots that the server sends. It computes nothing: values, units, prescriptions and refits come as they are.
const COLOURS = {
  both: "--accent", left: "--left", right: "--right", soft: "--soft", back: "--back", pain: "--warn", refit: "--refit",
};
const HEIGHT = 220;
const place = document.getElementById("plots");
const drawn = [];

const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(COLOURS[name] ?? "--ink").trim();
const day = (s) => new Date(s * 1000).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });

class Chart {
  constructor(plot) {
    this.plot = plot;
    this.box = make("div", { className: "drawn" });
    this.when = make("p", { textContent: "" });
    this.outputs = plot.series.map(() => make("output"));
    const figure = make("section", { className: "plot" }, make("h2", { textContent: plot.title }), this.box, this.#key());
    if (plot.note) figure.append(make("p", { textContent: plot.note }));
    figure.dataset.plot = plot.id;
    this.box.setAttribute("role", "img");
    this.box.setAttribute("aria-label", this.#words());
    place.append(figure);
    new ResizeObserver(() => this.#fit()).observe(this.box);
    this.draw();
  }

  draw() {
    this.chart?.destroy();
    const axis = { stroke: colour("soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { show: false }, font: "13px system-ui" };
    const { plot } = this;
    const floor = plot.id === "sides" ? null : 0;
    this.chart = new uPlot({
      width: Math.max(this.box.clientWidth, 100), height: HEIGHT,
      tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { y: false, points: { size: 9 }, drag: { x: false, y: false } },
      padding: [12, 26, 0, 0],
      scales: {
        x: { time: true, range: (_, least, most) => { const room = Math.max((most - least) * 0.03, 4 * 86400); return [least - room, most + room]; } },
        y: { range: (_, least, most) => plot.id === "asked" ? [-0.6, 10.6] : range(least, most, floor) },
      },
      axes: [
        { ...axis, size: 28, space: 70, incrs: [1, 2, 7, 14, 30, 61, 91, 182, 365].map((days) => days * 86400), values: (_, ticks) => ticks.map((s) => new Date(s * 1000).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short" })) },
        { ...axis, size: 52, incrs: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200].filter((step) => step >= 1 || plot.unit), values: (_, ticks) => ticks.map((tick) => `${tick}${plot.unit}`) },
      ],
      series: [{}, ...plot.series.map((one) => this.#line(one))],
      hooks: { drawAxes: [(chart) => this.#refits(chart)], setCursor: [(chart) => this.#values(chart.cursor.idx)] },
    }, [plot.x, ...plot.series.map((one) => one.values)], this.box);
  }

  #line(one) {
    const stroke = colour(one.colour);
    if (one.kind === "bars") return { stroke, fill: stroke, paths: uPlot.paths.bars({ size: [0.6, 40], radius: 0.15 }), points: { show: false } };
    if (one.kind === "steps") return { stroke, width: 2, dash: [5, 5], spanGaps: true, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } };
    const points = { show: true, size: 7, stroke, fill: one.colour === "right" || one.colour === "pain" ? css("--panel") : stroke, width: 2 };
    if (one.kind === "dots") return { stroke, paths: () => null, points: { ...points, size: 9 } };
    return { stroke, width: 2, spanGaps: true, points };
  }

  #refits(chart) {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.strokeStyle = colour("refit");
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const s of this.plot.refits) {
      const x = Math.round(chart.valToPos(s, "x", true));
      ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
    }
    if (this.plot.id === "sides") {
      const y = chart.valToPos(0, "y", true);
      ctx.strokeStyle = colour("soft"); ctx.setLineDash([]);
      ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
    }
    ctx.restore();
  }

  // What each line is, drawn as it is drawn in the plot, and its value under the pointer.
  #key() {
    const items = this.plot.series.map((one, index) => make("li", {}, sample(one), make("span", { textContent: one.name }), this.outputs[index]));
    if (this.plot.refits.length) items.push(make("li", {}, sample({ kind: "refit", colour: "refit" }), make("span", { textContent: "strap refitted" })));
    items.push(make("li", {}, this.when));
    return make("ul", { className: "keyed" }, ...items);
  }

  #values(index) {
    this.plot.series.forEach((one, which) => {
      const value = index == null ? null : one.values[index];
      this.outputs[which].textContent = value == null ? "" : `${value}${this.plot.unit}`;
    });
    this.when.textContent = index == null ? "" : day(this.plot.x[index]);
  }

  #words() {
    const { title, series, unit, x, refits } = this.plot;
    const said = series.map((one) => {
      const known = one.values.filter((value) => value != null);
      return known.length ? `${one.name}: first ${known[0]}${unit}, last ${known.at(-1)}${unit}` : "";
    }).filter(Boolean);
    return `${title}, ${day(x[0])} to ${day(x.at(-1))}. ${said.join("; ")}.${refits.length ? ` Strap refitted ${refits.length} times.` : ""}`;
  }

  #fit() {
    if (this.box.clientWidth && this.chart) this.chart.setSize({ width: this.box.clientWidth, height: HEIGHT });
  }
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function range(least, most, floor) {
  if (least == null) return [0, 1];
  const low = floor ?? Math.min(least, 0), high = Math.max(most, 0);
  const room = (high - low || 1) * 0.12;
  return [floor ?? low - room, high + room];
}

function sample(one) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", one.kind === "bars" ? "rect" : "line");
  const bare = one.kind === "dots";
  const set = one.kind === "bars" ? { x: 6, y: 0, width: 14, height: 12, rx: 2 } : { x1: bare ? 13 : 0, x2: bare ? 13 : 26, y1: 6, y2: 6, "stroke-width": bare ? 9 : 3, "stroke-linecap": bare ? "round" : "butt" };
  if (one.kind === "steps") set["stroke-dasharray"] = "5 4";
  if (one.kind === "refit") set["stroke-dasharray"] = "2 4";
  for (const [name, value] of Object.entries(set)) line.setAttribute(name, value);
  line.setAttribute(one.kind === "bars" ? "fill" : "stroke", `var(${COLOURS[one.colour] ?? "--ink"})`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", "0 0 26 12");
  svg.append(line);
  return svg;
}

async function begin() {
  const answer = await fetch(place.dataset.source).then((found) => found.json()).catch(() => ({ error: "The plots could not be loaded; the table below says the same." }));
  if (answer.error) place.append(make("p", { textContent: answer.error }));
  for (const plot of answer.plots ?? []) drawn.push(new Chart(plot));
  place.dataset.drawn = String(drawn.length);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((one) => one.draw()));
}

if (place) begin();
