// The strip chart: the angle of the thigh over the last 20 seconds, with the wearer's own usual range shaded.
const SHOWN_S = 20;
const LEAST_DEG = 12;

export class Strip {
  constructor(place) {
    this.place = place;
    this.t_s = [];
    this.deg = [];
    this.next = 0;
    this.usual = null;
    this.dirty = false;
    this.plot = null;
    new ResizeObserver(() => this.#fit()).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#rebuild());
  }

  // Takes the points that are new; starts afresh where some were missed.
  take(trace, usual) {
    if (trace.first > this.next) { this.t_s = []; this.deg = []; }
    const skip = Math.max(0, this.next - trace.first);
    this.t_s.push(...trace.t_s.slice(skip));
    this.deg.push(...trace.deg.slice(skip));
    this.next = Math.max(this.next, trace.first + trace.t_s.length);
    const from = this.t_s.findIndex((t_s) => t_s >= this.t_s[this.t_s.length - 1] - SHOWN_S);
    if (from > 0) { this.t_s.splice(0, from); this.deg.splice(0, from); }
    this.usual = usual;
    this.dirty ||= trace.t_s.length > 0;
  }

  forget() { this.t_s = []; this.deg = []; this.next = 0; this.dirty = true; }

  draw() {
    if (!this.dirty || !this.place.clientWidth) return;
    this.dirty = false;
    if (!this.plot) this.#rebuild();
    this.plot.setData([this.t_s, this.deg]);
  }

  #fit() {
    if (this.plot && this.place.clientWidth) {
      this.plot.setSize({ width: this.place.clientWidth, height: this.place.clientHeight });
    }
  }

  #rebuild() {
    const css = getComputedStyle(document.documentElement);
    const color = (name) => css.getPropertyValue(name).trim();
    const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "13px system-ui" };
    this.plot?.destroy();
    this.plot = new uPlot({
      width: Math.max(this.place.clientWidth, 50),
      height: Math.max(this.place.clientHeight, 50),
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: (_, least, most) => [(most ?? 0) - SHOWN_S, most ?? SHOWN_S] },
        y: { range: (_, least, most) => [-1, Math.max(LEAST_DEG, (most ?? 0) * 1.1, (this.usual?.high_deg ?? 0) * 1.1)] },
      },
      axes: [{ show: false }, { ...axis, size: 44, values: (_, ticks) => ticks.map((tick) => `${tick}°`) }],
      series: [{}, { stroke: color("--accent"), width: 3, points: { show: false }, spanGaps: false }],
      hooks: { drawClear: [(plot) => this.#shade(plot, color("--band"))] },
    }, [this.t_s, this.deg], this.place);
  }

  #shade(plot, fill) {
    if (!this.usual) return;
    const top = plot.valToPos(this.usual.high_deg, "y", true);
    const bottom = plot.valToPos(this.usual.low_deg, "y", true);
    plot.ctx.fillStyle = fill;
    plot.ctx.fillRect(plot.bbox.left, top, plot.bbox.width, bottom - top);
  }
}
