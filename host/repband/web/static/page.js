// Draws the one state object that the server sends, and sends back what the wearer taps or presses. It decides nothing.
import { Strip } from "./chart.js";
import { draw, show } from "./draw.js";
import { announce } from "./ears.js";
import { Pace, put } from "./pace.js";
import { Sound, TONES } from "./sound.js";

const $ = (id) => document.getElementById(id);
const me = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16)).join("");
const sound = new Sound();
const strip = new Strip($("chart"));
const pace = new Pace($("track"), $("phase-word"), $("phase-s"), sound);
let state = null;
let texts = null;
let heard = null;      // id of the last sound that was played
let awake = null;      // the wake lock

// What a test or the console may look at; nothing here steers.
window.repband = { get state() { return state; }, get peak() { return sound.peak(); }, get audio() { return sound.context?.state ?? "none"; }, played: [], latencies_ms: [], frames: 0, messages: 0 };

// ---- To the server

async function send(name, args = {}) {
  const answer = await post("/command", { name, args });
  if (answer?.status === 403) refuse("Another page steers. Choose “Steer from here” first.");
}

function post(path, body = {}) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-RepBand-Page": me }, body: JSON.stringify(body) })
    .catch(() => null);
}

function refuse(why) {
  put($("refused"), why);
  $("refused").hidden = false;
  setTimeout(() => { $("refused").hidden = true; }, 4000);
}

// ---- From the server

function connect() {
  const stream = new EventSource(`/events?page=${me}`);
  stream.onmessage = (message) => take(JSON.parse(message.data));
  stream.onopen = () => { $("offline").hidden = true; strip.forget(); };
  stream.onerror = () => {
    if (document.body.dataset.state !== "done") $("offline").hidden = false;
    else { stream.close(); $("done-places").hidden = true; $("done-later").hidden = false; }  // the session's server ends with it
    if (stream.readyState === EventSource.CLOSED && document.body.dataset.state !== "done") setTimeout(connect, 2000);
  };
  stream.addEventListener("full", (message) => {
    stream.close();
    put($("full-pages"), String(JSON.parse(message.data).pages_per_browser));
    show("full");
  });
}

function take(next) {
  const before = state;
  state = next;
  window.repband.messages += 1;
  if (heard === null) heard = next.sounds.at(-1)?.id ?? 0;  // a page that comes late does not play the past
  for (const { id, name } of next.sounds) {
    if (id > heard) { sound.play(name); window.repband.played.push(name); heard = id; }
  }
  if (window.repband.played.length > 500) window.repband.played.splice(0, 250);
  strip.take(next.trace, next.usual);
  if (draw(state, texts, pace)) drawSound();
  announce(before, next, texts, sound);
  if (before && next.counted_at_ms && next.counted_at_ms !== before.counted_at_ms) measure(next.counted_at_ms);
}

// From the announcement in the engine to the painted number.
function measure(counted_at_ms) {
  requestAnimationFrame(() => setTimeout(() => {
    const list = window.repband.latencies_ms;
    list.push(performance.timeOrigin + performance.now() - counted_at_ms);
    if (list.length > 500) list.shift();
  }));
}

// ---- Sound, shown loudly while there is none

function drawSound() {
  put($("sound-text"), sound.on ? `Sound ${sound.volume} %` : "Sound off");
  $("silence").hidden = sound.on || !state || ["check", "idle", "done"].includes(state.state);
  put($("silence-text"), sound.why);
  $("volume").value = sound.volume;
  $("mute").checked = sound.muted;
  $("metronome").checked = sound.ticks;
  $("speech").checked = sound.speaks;
  put($("voice"), sound.hasVoice ? "" : "(this browser has no voice; the tones say the same)");
}

async function unmute() {
  if (sound.muted) sound.set("muted", false);
  if (!sound.volume) sound.set("volume", 80);
  await sound.unlock();
}

async function stayAwake() {
  if (!("wakeLock" in navigator)) { $("awake").hidden = localStorage.getItem("awake-read") === "yes"; return; }
  try { awake = await navigator.wakeLock.request("screen"); } catch { awake = null; }
}

// ---- Taps and keys

function start() {
  unmute().then(() => sound.play("go"));
  stayAwake();
  send("start");
}

const space = { "idle": start, "set": () => send("toggle"), "ready": () => send("toggle"), "count-in": () => send("toggle"), "paused": () => send("toggle"), "rest": () => send("toggle"), "side": () => send("confirm", { side: state.side }) };
const KEYS = {
  " ": () => space[state.state]?.(),
  "u": () => send("undo"), "-": () => send("undo"), "−": () => send("undo"),
  "+": () => send("add"), "=": () => send("add"),
  "ArrowUp": () => send("target", { by: 1 }), "ArrowDown": () => send("target", { by: -1 }),
  "ArrowRight": () => send("skip"),
  "m": () => { sound.set("muted", !sound.muted); },
};

addEventListener("keydown", (press) => {
  const here = press.target;
  const typing = here.matches("input, textarea, select") || document.querySelector("dialog[open]");
  if (!state || typing || press.ctrlKey || press.altKey || press.metaKey || press.repeat) return;
  if (press.key === " " && here.matches("button, summary")) return;  // a focused button keeps its own space
  if (!(press.key in KEYS)) return;
  press.preventDefault();
  sound.unlock();
  KEYS[press.key]();
});

const CLICKS = {
  "start-button": start, "silence-button": unmute, "undo": () => send("undo"), "add": () => send("add"),
  "pause": () => send("toggle"), "skip": () => send("skip"), "rest-skip": () => send("skip"),
  "less": () => send("target", { by: -1 }), "more": () => send("target", { by: 1 }),
  "side-button": () => send("confirm", { side: state.side }),
  "stopped-end": () => send("stop"), "stopped-next": () => send("go-on"),
  "end": () => { $("help-dialog").close(); send("stop"); },
  "steer-button": () => post("/steer"), "full-button": () => location.reload(),
  "awake-button": () => { localStorage.setItem("awake-read", "yes"); $("awake").hidden = true; },
  "sound-button": () => { sound.unlock(); drawSound(); $("sound-dialog").showModal(); },
  "help-button": () => { $("qr").src = `/qr.svg?${Date.now()}`; $("help-dialog").showModal(); },
  "hurts": () => $("hurts-dialog").showModal(),
  "safety-read": () => post("/safety-read"),
};
for (const [id, act] of Object.entries(CLICKS)) $(id).addEventListener("click", act);
$("check-choices").addEventListener("click", ({ target }) => {
  if (!target.dataset.name) return;
  sound.unlock();
  send(target.dataset.name, JSON.parse(target.dataset.args));
});
$("volume").addEventListener("input", (change) => sound.set("volume", Number(change.target.value)));
$("mute").addEventListener("change", (change) => sound.set("muted", change.target.checked));
$("metronome").addEventListener("change", (change) => sound.set("ticks", change.target.checked));
$("speech").addEventListener("change", (change) => sound.set("speaks", change.target.checked));
document.addEventListener("visibilitychange", () => { if (awake && !document.hidden) stayAwake(); });
sound.onchange = drawSound;

function buildScale(place, act, what) {
  for (let score = 0; score <= 10; score += 1) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = String(score);
    button.setAttribute("aria-label", `${what} ${score}`);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => act(score));
    place.append(button);
  }
}

function buildTests() {
  for (const [name, tone] of Object.entries(TONES)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = tone.say;
    button.addEventListener("click", async () => { await sound.unlock(); sound.play(name); });
    $("tests").append(button);
  }
}

function list(title, items) {
  const heading = Object.assign(document.createElement("h3"), { textContent: title });
  const points = document.createElement("ul");
  points.append(...items.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  return [heading, points];
}

async function readTexts() {
  texts = await (await fetch("/texts")).json();
  const { safety } = texts;
  for (const place of document.querySelectorAll(".flags")) {
    place.append(...list(safety.red_flags.title, safety.red_flags.signs), Object.assign(document.createElement("p"), { textContent: safety.red_flags.act }));
  }
  for (const place of document.querySelectorAll(".rules")) {
    place.append(...list("Train safely", safety.rules), ...list("See a professional when", safety.professional));
  }
  $("sources").append(...list("Sources", safety.sources.map(({ says, where }) => `${says} ${where}`)));
  put($("limits"), safety.limits);
  put($("safety-limits"), safety.limits);
  put($("hurts-title"), safety.pain.question);
  $("lan").hidden = !texts.lan;
  if (texts.first_run) $("safety-dialog").showModal();
  if (state) draw(state, texts, pace);
}

function loop() {
  window.repband.frames += 1;
  if (state && (state.state === "set" || state.state === "paused")) pace.draw();
  strip.draw();
  requestAnimationFrame(loop);
}

const asked = (question) => (score) => send(question, { score, set: state.questions?.set });
buildScale($("effort").querySelector(".scale"), asked("effort"), "effort");
buildScale($("pain").querySelector(".scale"), asked("pain"), "pain");
buildScale($("hurts-scale"), (score) => { $("hurts-dialog").close(); send("pain", { score }); }, "pain");
buildTests();
readTexts();
connect();
drawSound();
loop();
