// Tones, metronome and speech. The server says which tone is due; this file only knows how each one sounds.
// A note is [frequency in Hz, start in s, length in s, loudness 0-1]; tones differ in rhythm and direction as well as
// in pitch, so that they can be told apart on a poor loudspeaker.
export const TONES = {
  "rep": { say: "Rep", notes: [[880, 0, 0.12, 0.9]] },
  "half-way": { say: "Half-way", notes: [[880, 0, 0.1, 0.9], [1175, 0.14, 0.22, 0.9]] },
  "last-two": { say: "Last two", notes: [[1175, 0, 0.09, 0.9], [1175, 0.13, 0.09, 0.9], [1175, 0.26, 0.14, 0.9]] },
  "set-done": { say: "Set done", notes: [[659, 0, 0.16, 0.9], [880, 0.18, 0.16, 0.9], [1319, 0.36, 0.5, 1]] },
  "too-fast": { say: "Too fast", notes: [[740, 0, 0.1, 1], [494, 0.13, 0.26, 1]], wave: "sawtooth" },
  "hold-on": { say: "Hold on", notes: [[440, 0, 0.6, 1]], wave: "triangle" },
  "lost": { say: "Sensor lost", notes: [[392, 0, 0.3, 1], [330, 0.36, 0.3, 1], [262, 0.72, 0.6, 1]], wave: "square" },
  "back": { say: "Sensor back", notes: [[330, 0, 0.15, 0.8], [523, 0.2, 0.25, 0.8]] },
  "go": { say: "Go: reps count", notes: [[523, 0, 0.1, 0.9], [1047, 0.14, 0.3, 0.9]] },
  "tick": { say: "Countdown", notes: [[600, 0, 0.08, 0.7]] },
  "cue": { say: "Listen", notes: [[587, 0, 0.18, 0.8], [587, 0.26, 0.18, 0.8]], wave: "triangle" },
  "set-over": { say: "Set over", notes: [[659, 0, 0.2, 0.8], [523, 0.24, 0.3, 0.8]] },
  "stop": { say: "Stop", notes: [[262, 0, 0.9, 1]], wave: "square" },
  "workout-done": { say: "All done", notes: [[523, 0, 0.14, 0.9], [659, 0.16, 0.14, 0.9], [784, 0.32, 0.14, 0.9], [1047, 0.48, 0.6, 1]] },
};
const CLICK = [[1800, 0, 0.03, 0.35]];
const ACCENT = [[2400, 0, 0.04, 0.5]];

export class Sound {
  constructor() {
    this.context = null;
    this.volume = Number(localStorage.getItem("volume") ?? 80);
    this.muted = localStorage.getItem("muted") === "yes";
    this.speaks = localStorage.getItem("speaks") !== "no";
    this.ticks = localStorage.getItem("ticks") === "yes";
    this.onchange = () => {};
  }

  // Has to be called from a tap or key: browsers stay silent until then.
  async unlock() {
    if (!this.context) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.gain = this.context.createGain();
      this.analyser = this.context.createAnalyser();
      this.gain.connect(this.analyser).connect(this.context.destination);
      this.context.onstatechange = () => this.onchange();
      this.#level();
    }
    if (this.context.state !== "running") await this.context.resume();
    this.onchange();
  }

  get on() { return this.context?.state === "running" && !this.muted && this.volume > 0; }

  get why() {
    if (!this.context || this.context.state !== "running") return "The sound is off until you tap.";
    if (this.muted) return "The sound is muted.";
    return this.volume > 0 ? "" : "The volume is at zero.";
  }

  set(name, value) {
    this[name] = value;
    localStorage.setItem(name, value === true ? "yes" : value === false ? "no" : String(value));
    this.#level();
    this.onchange();
  }

  play(name) {
    const tone = TONES[name];
    if (tone) this.#notes(tone.notes, tone.wave ?? "sine");
  }

  click(accent) { if (this.ticks) this.#notes(accent ? ACCENT : CLICK, "square"); }

  get hasVoice() { return "speechSynthesis" in window && speechSynthesis.getVoices().length > 0; }

  speak(text, urgent = false) {
    if (!this.speaks || !this.on || !this.hasVoice) return;
    if (urgent) speechSynthesis.cancel();
    const said = new SpeechSynthesisUtterance(text);
    said.lang = "en";
    said.volume = this.volume / 100;
    said.rate = 1.1;
    speechSynthesis.speak(said);
  }

  // Loudest sample of what leaves for the loudspeaker now, 0 to 1.
  peak() {
    if (!this.analyser) return 0;
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }

  #level() {
    if (this.gain) this.gain.gain.value = this.muted ? 0 : (this.volume / 100) ** 2;
  }

  #notes(notes, wave) {
    if (this.context?.state !== "running") return;
    const now = this.context.currentTime;
    for (const [hz, start_s, length_s, loud] of notes) {
      const voice = this.context.createOscillator();
      const shape = this.context.createGain();
      const level = loud * (wave === "sine" ? 0.8 : wave === "triangle" ? 0.7 : 0.3);
      voice.type = wave;
      voice.frequency.value = hz;
      shape.gain.setValueAtTime(0, now + start_s);
      shape.gain.linearRampToValueAtTime(level, now + start_s + 0.008);
      shape.gain.setValueAtTime(level, now + start_s + length_s * 0.6);
      shape.gain.exponentialRampToValueAtTime(0.001, now + start_s + length_s);
      voice.connect(shape).connect(this.gain);
      voice.start(now + start_s);
      voice.stop(now + start_s + length_s + 0.02);
    }
  }
}
