"use strict";
// Two sounds play in step; a switch between them is a crossfade of ten milliseconds. Which of them is X is drawn by the browser
// for every pick, so that nobody can know it, the page's maker included.
(() => {
  const FADE_S = 0.01;
  // Fewer picks cannot beat chance: five of five have p = 0.0625.
  const FEWEST = 5;
  // The usual border of chance.
  const CHANCE = 0.05;
  const { names, passages } = JSON.parse(document.getElementById("sounds").textContent);
  const at = (id) => document.getElementById(id);
  const say = (text) => { at("status").textContent = text; };
  let audio = null, decoded = new Map(), running = [], playing = false, passage = 0, label = 0, swapped = false;
  const picks = [0, 0];
  const draw = () => { swapped = (crypto.getRandomValues(new Uint8Array(1))[0] & 1) === 1; };
  const sound = () => swapped ? 1 - label : label;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  async function buffers(n) {
    if (!decoded.has(n)) decoded.set(n, await Promise.all(passages[n].sounds.map((one) => audio.decodeAudioData(bytes(one.wav)))));
    return decoded.get(n);
  }
  function stop() {
    playing = false;
    for (const one of running) { try { one.node.stop(); } catch { /* it had ended */ } one.gain.disconnect(); }
    running = [];
    at("play").textContent = "Play";
    at("play").setAttribute("aria-pressed", "false");
  }
  async function start() {
    audio ??= new AudioContext();
    await audio.resume();
    const heard = await buffers(passage);
    const when = audio.currentTime + 0.02;
    running = heard.map((buffer, n) => {
      const node = audio.createBufferSource();
      node.buffer = buffer;
      node.loop = true;
      const gain = audio.createGain();
      gain.gain.value = n === sound() ? passages[passage].sounds[n].gain : 0;
      node.connect(gain).connect(audio.destination);
      node.start(when);
      return { node, gain };
    });
    playing = true;
    at("play").textContent = "Stop";
    at("play").setAttribute("aria-pressed", "true");
  }
  function turn() {
    running.forEach((one, n) => {
      one.gain.gain.cancelScheduledValues(audio.currentTime);
      one.gain.gain.setTargetAtTime(n === sound() ? passages[passage].sounds[n].gain : 0, audio.currentTime, FADE_S / 3);
    });
  }
  function choose(n) {
    label = n;
    document.querySelectorAll("input[name=sound]").forEach((one) => { one.checked = Number(one.value) === n; });
    turn();
  }
  // How often coins fall at least as far from the middle: the exact binomial test, both sides.
  function chance(most, all) {
    let way = 1, tail = 0;
    for (let n = 0; n <= all; n += 1) {
      if (n >= most) tail += way;
      way = way * (all - n) / (n + 1);
    }
    return Math.min(1, 2 * tail / 2 ** all);
  }
  function pick(n) {
    picks[swapped ? 1 - n : n] += 1;
    const all = picks[0] + picks[1];
    at("count").textContent = all === 1 ? "1 pick" : `${all} picks`;
    at("show").disabled = all < FEWEST;
    at("result").textContent = "";
    say(all < FEWEST ? `Picked. ${FEWEST - all} more at least.` : "Picked. Go on, or show the result.");
    // The new X may be the old one or not; a switch that can be heard would tell, so it starts from silence.
    const was = playing;
    if (was) stop();
    draw();
    choose(0);
    if (was) start().catch(failed);
  }
  function show() {
    const all = picks[0] + picks[1];
    const more = picks[0] >= picks[1] ? 0 : 1;
    const p = chance(picks[more], all);
    const share = `${names[more]} in ${picks[more]} of ${all} picks (p = ${p.toFixed(3)})`;
    at("result").textContent = p < CHANCE
      ? `You preferred ${share}: that beats chance.`
      : `You picked ${share}: that does not beat chance. For all you can hear, either will do.`;
  }
  const failed = (error) => say(`This browser cannot play it: ${error.message}`);
  at("play").addEventListener("click", () => playing ? stop() : start().catch(failed));
  at("pick-0").addEventListener("click", () => pick(0));
  at("pick-1").addEventListener("click", () => pick(1));
  at("show").addEventListener("click", show);
  document.querySelectorAll("input[name=sound]").forEach((one) => one.addEventListener("change", () => choose(Number(one.value))));
  document.querySelectorAll("input[name=passage]").forEach((one) => one.addEventListener("change", () => {
    const was = playing;
    if (was) stop();
    passage = Number(one.value);
    if (was) start().catch(failed);
  }));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "x" || event.key === "y") choose(event.key === "x" ? 0 : 1);
    if (event.key === " " && event.target === document.body) { event.preventDefault(); at("play").click(); }
  });
  draw();
  window.mixkeel = { state: () => ({ playing, passage, label, picks: [...picks] }), chance };
})();
