// Draws the one state object that the server sends, and sends back what the wearer taps or presses. It decides nothing.
import { Strip } from "./chart.js";
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
let spoken = "";

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
    else stream.close();
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
  draw();
  announce(before, next);
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

// ---- Drawing

function show(name) {
  document.body.dataset.state = name;
  for (const part of document.querySelectorAll("[data-in]")) {
    part.classList.toggle("shown", part.dataset.in.split(" ").includes(name));
  }
}

function draw() {
  if (document.body.dataset.state !== state.state) {
    show(state.state);
    pressScales();
    drawSound();
  }
  put($("plan"), state.title);
  drawDots();
  drawSensor();
  $("watching").hidden = state.steers;
  for (const button of document.querySelectorAll("#controls button, #start-button, #rest button, #side-button, #stopped button, #end")) {
    button.disabled = !state.steers;
  }
  const draws = { "idle": drawIdle, "rest": drawRest, "closing": drawRest, "side": drawSide, "stopped": drawStopped, "done": drawDone };
  (draws[state.state] ?? drawWork)();
  drawControls();
}

function drawDots() {
  const over = state.sets.length;
  const now = state.set.index;
  const dots = $("dots");
  while (dots.children.length < state.sets_total) dots.append(document.createElement("li"));
  [...dots.children].forEach((dot, at) => {
    dot.className = at < over ? "over" : at + 1 === now ? "now" : "";
  });
}

function drawSensor() {
  const { state: how, battery_percent, name, silent_s } = state.sensor;
  $("sensor").dataset.sensor = how;
  const battery = battery_percent === null ? "" : ` · ${battery_percent} %`;
  const lost = `Sensor lost ${Math.floor(silent_s)} s`;
  put($("sensor-text"), how === "ok" ? `Sensor${battery}` : how === "lost" ? lost : "Waiting for the sensor");
  $("sensor").title = name;
}

function which(set) {
  const side = set.side ? `${set.side} side · ` : "";
  const load = set.load === "bodyweight" ? "" : ` · ${set.load}`;
  return `${side}set ${set.number} of ${set.of}${load}`;
}

function reps(count) { return `${count} ${count === 1 ? "rep" : "reps"}`; }

function drawIdle() {
  const { set } = state;
  put($("idle-eyebrow"), texts?.demo ? "Demo: a virtual wearer" : "Ready when you are");
  put($("idle-title"), set.title);
  put($("idle-what"), `${set.of} × ${set.target ?? "as many"} reps${set.side ? `, ${set.side} side first` : ""}${set.load === "bodyweight" ? "" : `, ${set.load}`}`);
  put($("idle-placement"), set.exercise.placement);
  put($("idle-posture"), set.exercise.rest_posture);
  if ($("idle-plan").childElementCount !== state.plan.length) {
    $("idle-plan").replaceChildren(...state.plan.map((item) => Object.assign(document.createElement("li"), {
      textContent: `${item.title} ${item.sets} × ${item.target ?? "∞"}${item.sides > 1 ? " each side" : ""}`,
    })));
  }
}

function drawWork() {
  const { set, said, counted } = state;
  put($("exercise"), set.title);
  put($("which"), which(set));
  const words = { "count-in": String(Math.ceil(state.left_s ?? 0)), "ready": "Get into position" }[state.state];
  put($("number"), words ?? String(said));
  $("hero").classList.toggle("words", state.state === "ready");
  $("hero").dataset.digits = String(String(words ?? said).length);
  put($("of"), set.target && state.state !== "count-in" ? `of ${set.target}` : "");
  $("corrected").hidden = said === counted;
  put($("corrected"), `counted ${counted}, corrected by you`);
  put($("say"), sayLine());
  $("say").classList.toggle("cue", Boolean(state.cue));
  $("pace").hidden = state.state === "ready" || state.state === "count-in";
  pace.take(set, state.phase, state.state === "set" && state.sensor.state === "ok");
  drawPips(said, set.target);
  const usual = state.usual;
  put($("strip-text"), `thigh ${Math.round(state.excursion_deg)}°${usual ? ` · your usual range ${Math.round(usual.low_deg)}–${Math.round(usual.high_deg)}° is shaded` : ""}`);
}

function sayLine() {
  if (state.state === "paused") return "Paused. Nothing counts now.";
  if (state.sensor.state === "lost") return "No news from the sensor: check that it is on and near.";
  if (state.state === "count-in") return "Starting …";
  if (state.state === "ready") return state.cue?.say ?? `${state.set.exercise.rest_posture} Keep still until you hear “go”.`;
  return state.cue?.say ?? "";
}

function drawPips(said, target) {
  const pips = $("pips");
  const wanted = target ? Math.min(Math.max(target, said), 40) : 0;
  while (pips.children.length > wanted) pips.lastChild.remove();
  while (pips.children.length < wanted) pips.append(document.createElement("li"));
  [...pips.children].forEach((pip, at) => { pip.className = at < said ? (at >= target ? "extra" : "done") : ""; });
}

function drawRest() {
  const closing = state.state === "closing";
  const { next } = state;
  put($("rest-title"), closing ? "All sets are done" : "Rest");
  put($("left"), closing ? "✓" : clock(state.left_s ?? 0));
  const whole_s = state.of_s || 1;
  $("left-bar").style.transform = `scaleX(${Math.min(1, (state.left_s ?? 0) / whole_s)})`;
  put($("next"), closing ? "Two last questions, then finish." : next ? `Next: ${next.title}, ${which(next)}${next.target ? `, ${reps(next.target)}` : ""}` : "");
  put($("rest-skip"), closing ? "Finish" : "Next set now");
  const last = state.sets.at(-1);
  if (last) {
    const corrected = last.said === last.counted ? "" : ` (counted ${last.counted}, corrected by you)`;
    const short = last.target && last.said < last.target ? ` of ${last.target}` : "";
    put($("done-line"), `Set ${last.number}: ${last.said}${short} ${last.said === 1 && !short ? "rep" : "reps"}${corrected}`);
  }
  if (texts) $("pain-legend").firstChild.textContent = "Pain now? ";
  pressScales();
  put($("pain-say"), state.questions?.say ?? "");
}

function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function pressScales() {
  for (const question of ["effort", "pain"]) {
    const given = state.questions?.[question];
    [...$(question).querySelectorAll("button")].forEach((button, score) => {
      button.setAttribute("aria-pressed", String(given === score));
    });
  }
}

function drawSide() {
  const side = state.side ?? "other";
  put($("side-title"), `Move the sensor to your ${side} thigh`);
  put($("side-how"), `${state.next?.rest_posture ?? ""} Strap it firmly, as before: which way it is turned does not matter.`);
  put($("side-button"), `It is on the ${side} thigh`);
}

function drawStopped() {
  const band = texts?.safety.pain.bands.find(({ action }) => action === "stop");
  put($("stopped-say"), band?.say ?? "");
  $("stopped-next").hidden = !state.pain?.goes_on;
}

function drawDone() {
  const total = state.sets.reduce((sum, { said }) => sum + said, 0);
  put($("done-title"), `${reps(total)} in ${state.sets.length} ${state.sets.length === 1 ? "set" : "sets"}`);
  const rows = state.sets.map((set) => [
    `${set.title}${set.side ? `, ${set.side}` : ""}`,
    `${set.said}${set.target ? ` of ${set.target}` : ""}${set.said === set.counted ? "" : ` (counted ${set.counted})`}${set.count_min === set.count_max ? "" : ` [${set.count_min}–${set.count_max}]`}`,
    set.rep_s === null ? "–" : `${set.rep_s.toFixed(1)} s`,
    set.deg === null ? "–" : `${Math.round(set.deg)}°`,
    set.effort === null ? "not answered" : String(set.effort),
    set.pain === null ? "not answered" : String(set.pain),
  ]);
  const body = $("summary").tBodies[0];
  if (body.dataset.rows === JSON.stringify(rows)) return;
  body.dataset.rows = JSON.stringify(rows);
  body.replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
    return line;
  }));
}

function drawControls() {
  const resting = state.state === "rest" || state.state === "closing";
  put($("pause-text"), state.state === "paused" ? "Go on" : "Pause");
  $("pause").hidden = state.state === "closing";
  $("skip").hidden = resting;
  put($("skip-text"), "end set");
  document.querySelector(".target").hidden = resting && !state.next;
  $("hurts").hidden = resting;
  const target = resting ? state.next?.target : state.set.target;
  put($("target"), target ? String(target) : "–");
}

// ---- Words for ears: screen readers, and speech where the browser has a voice

const SENTENCES = {
  "count-in": () => "Get ready.",
  "ready": () => `${state.set.title}, ${which(state.set)}. Get into position and keep still.`,
  "paused": () => "Paused.",
  "rest": () => `Rest ${Math.round(state.left_s ?? 0)} seconds. How hard was it, and is there pain?`,
  "side": () => `Move the sensor to your ${state.side} thigh, then confirm.`,
  "closing": () => "All sets are done. Two last questions.",
  "done": () => "The session is over and kept.",
};

function announce(before, next) {
  if (!before) return;
  if (before.state !== next.state) {
    if (next.state === "stopped") tell($("loud"), `Stop this exercise for today. ${texts?.safety.red_flags.act ?? ""}`);
    else if (next.state === "set" && before.state !== "paused") tell($("live"), "Go.");
    else if (SENTENCES[next.state]) tell($("live"), SENTENCES[next.state]());
  }
  if (next.said !== before.said && next.state === "set") {
    tell($("live"), String(next.said));
    if (next.counted > before.counted) beat();
  }
  if (next.cue && next.cue.at_s !== before.cue?.at_s) tell($("live"), next.cue.say);
  if (next.sensor.state !== before.sensor.state) tell($("live"), { ok: "Sensor is back.", lost: "Sensor lost." }[next.sensor.state] ?? "");
}

function tell(region, text) {
  if (!text) return;
  region.textContent = text === spoken ? `${text}\u00a0` : text;
  spoken = region.textContent;
  sound.speak(text, region.id === "loud" || /^\d+$/.test(text));
}

function beat() {
  const work = $("work");
  work.classList.remove("beat");
  requestAnimationFrame(() => work.classList.add("beat"));
}

// ---- Sound, shown loudly while there is none

function drawSound() {
  put($("sound-text"), sound.on ? `Sound ${sound.volume} %` : "Sound off");
  $("silence").hidden = sound.on || !state || state.state === "idle" || state.state === "done";
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
  if (state) draw();
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
