// The pace guide: one bar for each prescribed phase, as wide as it is long; the running phase fills its bar.
const PHASES = ["out", "hold", "back", "rest"];

export class Pace {
  constructor(track, word, seconds, sound) {
    Object.assign(this, { track, word, seconds, sound, key: "", parts: {}, phase: null, at_ms: 0, beat: -1 });
  }

  // Takes what the server said; time between two messages is filled in by `draw`.
  take(set, phase, running) {
    const key = JSON.stringify([set.tempo, set.exercise.words]);
    if (key !== this.key) this.#build(set, key);
    if (phase.name !== this.phase?.name) this.beat = -1;
    this.set = set;
    this.running = running;
    this.phase = phase;
    this.at_ms = performance.now();
  }

  draw() {
    if (!this.phase) return;
    const { name } = this.phase;
    const since_s = this.running ? Math.min((performance.now() - this.at_ms) / 1000, 1) : 0;
    const now_s = this.phase.s + since_s;
    const target_s = this.set.tempo[name];
    for (const [part, { box, fill }] of Object.entries(this.parts)) {
      const share = part === name && target_s > 0 ? Math.min(now_s / target_s, 1) : 0;
      fill.style.transform = `scaleX(${share.toFixed(3)})`;
      box.classList.toggle("now", part === name);
    }
    put(this.word, this.set.exercise.words[name]);
    this.word.dataset.phase = name;
    const shown = now_s < 60 ? now_s.toFixed(1) : ">60";
    put(this.seconds, target_s > 0 ? `${shown} / ${target_s.toFixed(1)} s` : `${shown} s`);
    this.seconds.classList.toggle("over", target_s > 0 && now_s > target_s);
    this.#tick(name, now_s, target_s);
  }

  // The metronome: the first tick of a phase is accented, then one each second until the phase should be over.
  #tick(name, now_s, target_s) {
    const beat = Math.floor(now_s);
    if (!this.running || name === "rest" || beat === this.beat || now_s > target_s + 0.5) return;
    this.beat = beat;
    this.sound.click(beat === 0);
  }

  #build(set, key) {
    this.key = key;
    this.parts = {};
    const shown = PHASES.filter((name) => set.tempo[name] > 0);
    this.track.replaceChildren(...shown.map((name) => {
      const box = document.createElement("div");
      const fill = document.createElement("i");
      const text = document.createElement("b");
      box.dataset.phase = name;
      box.style.flex = `${set.tempo[name]} 1 0`;
      text.textContent = `${set.exercise.words[name]} ${set.tempo[name]} s`;
      box.append(fill, text);
      this.parts[name] = { box, fill };
      return box;
    }));
  }
}

// Writes a text only where it changes, so that nothing is laid out or announced in vain.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
