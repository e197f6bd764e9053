// One debate: its question, its rounds one after the other on the drawn graph, and how it ended.

function showDebate(state, debate, detail) {
  const turns = [...new Set(detail.said.map((message) => message.turn))].sort((one, other) => one - other);
  const target = debate.gold !== null ? debate.gold : debate.answer;
  const view = { state, debate, detail, turns, target, chosen: null, differences: state.differences, step: 0 };
  view.show = (step) => { view.step = Math.max(0, Math.min(turns.length, step)); renderStep(view); };
  view.choose = (seat) => { view.chosen = seat; renderStep(view, "seat"); };
  view.visit = (said) => {
    view.chosen = said.seat;
    view.show(turns.indexOf(said.turn));
    const box = at("debate").querySelector(`.message[data-number="${said.number}"]`);
    if (box) { box.focus({ preventScroll: true }); box.scrollIntoView({ block: "nearest" }); }
  };
  state.view = view;
  at("debate").replaceChildren(where(state, debate), question(debate), story(view), tabs(view), make("div", { id: "step", role: "tabpanel", tabindex: 0, "aria-labelledby": "tab-0" }));
  view.show(0);
}

function where(state, debate) {
  const place = state.shown.indexOf(debate);
  const turn = (step, label, text) => make("button", {
    type: "button", class: "quiet", "aria-label": label, disabled: !state.shown[place + step] || place < 0,
    onclick: () => state.open(state.shown[place + step], true),
  }, text);
  const seeds = state.seeds > 1 ? `seed ${debate.seed}` : "";
  return make("p", { class: "where" },
    make("button", { type: "button", class: "quiet back", onclick: state.close }, "← All debates"),
    make("span", {}, debate.arm), seeds && make("span", {}, seeds), make("span", {}, debate.id),
    make("span", { class: "turners" }, turn(-1, "Previous debate", "←"), turn(1, "Next debate", "→")));
}

function question(debate) {
  const box = make("div", {}, make("p", { class: "question", dir: "auto" }, debate.text));
  if (debate.choices.length) {
    box.append(make("ul", { class: "choices" }, ...debate.choices.map((choice, place) => make("li", { dir: "auto" }, `${letters(place)}) ${choice}`))));
  }
  return box;
}

function letters(place) {
  const last = String.fromCharCode(65 + (place % 26));
  return place < 26 ? last : letters(Math.floor(place / 26) - 1) + last;
}

// In one line: what was decided, whether it is right, and what the talk changed.
function story({ debate, detail }) {
  const outcome = detail.outcome;
  const line = make("p", { class: "story" });
  if (!outcome) return filled(line, {}, ["Not decided yet."]);
  const right = debate.state[1];
  const verdict = right === "r" ? make("span", { class: "right-mark" }, "✓ right") : right === "w" ? "✗ wrong" : "";
  filled(line, {}, [make("strong", { dir: "auto" }, outcome.answer === null ? "No answer" : shortened(outcome.answer, 120)), " ", verdict]);
  if (debate.gold !== null && right !== "r") filled(line, {}, [", the right answer is ", make("strong", { dir: "auto" }, shortened(debate.gold, 120))]);
  const before = { r: "the first drafts' vote was right", w: "the first drafts' vote was wrong", t: "the first drafts' vote was tied" }[debate.state[0]];
  if (before && debate.rounds > 1) filled(line, {}, ["; ", before]);
  filled(line, {}, [`. ${outcome.rounds} round${outcome.rounds === 1 ? "" : "s"}, ${outcome.calls} call${outcome.calls === 1 ? "" : "s"}`, debate.tokens ? `, ${debate.tokens.toLocaleString("en")} tokens.` : "."]);
  return line;
}

function tabs(view) {
  const names = [...view.turns.map((turn) => (turn === 0 ? "Drafts" : `Round ${turn + 1}`)), "Outcome"];
  const list = make("div", { class: "steps", role: "tablist", "aria-label": "Rounds", onkeydown: (event) => walkTabs(view, event) });
  names.forEach((name, step) => list.append(make("button", {
    type: "button", role: "tab", id: `tab-${step}`, "aria-controls": "step", onclick: () => view.show(step),
  }, name)));
  const box = make("input", { type: "checkbox", id: "differences" });
  box.checked = view.differences;
  box.addEventListener("change", () => { view.differences = view.state.differences = box.checked; renderStep(view); });
  if (view.turns.length > 1) list.append(make("span", { class: "check" }, box, make("label", { for: "differences" }, "show changes")));
  return list;
}

function walkTabs(view, event) {
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -1e3, End: 1e3 }[event.key];
  if (!step || event.target.getAttribute("role") !== "tab") return;
  event.preventDefault();
  event.stopPropagation();
  view.show(view.step + step);
  at(`tab-${view.step}`).focus();
}

function renderStep(view, kept) {
  at("debate").querySelectorAll("[role=tab]").forEach((tab, step) => {
    tab.setAttribute("aria-selected", String(step === view.step));
    tab.tabIndex = step === view.step ? 0 : -1;
  });
  at("step").setAttribute("aria-labelledby", `tab-${view.step}`);
  const body = view.step < view.turns.length ? roundOf(view) : outcomeOf(view);
  at("step").replaceChildren(make("div", { class: "scene" }, stage(view), body));
  if (kept === "seat" && view.chosen !== null) at("step").querySelector(`.node[data-seat="${view.chosen}"]`)?.focus({ preventScroll: true });
  view.state.remember();
}

function roundOf(view) {
  const turn = view.turns[view.step];
  const box = make("div", { class: "messages" });
  const said = view.detail.said.filter((message) => message.turn === turn);
  const first = said.filter((message) => view.chosen === message.seat);
  box.append(...notesAt(view, turn), ...boardsAt(view, turn));
  box.append(...[...first, ...said.filter((message) => view.chosen !== message.seat)].map((message) => card(view, message)));
  return box;
}

// What the protocol did in a round besides asking: whom it selected, which edges it pruned, why it stopped.
function notesAt(view, turn) {
  const notes = view.detail.notes.filter((note) => note.turn === turn);
  if (!notes.length) return [];
  const lines = notes.map((note) => make("li", { class: note.kind }, make("span", { class: "act" }, note.kind), make("span", { dir: "auto" }, shortened(note.text, 600))));
  return [make("ul", { class: "done", "aria-label": "What the protocol did" }, ...lines)];
}

// The graph with what everybody stands for at the end of the step.
function stage(view) {
  const { detail, turns } = view;
  const turn = turns[Math.min(view.step, turns.length - 1)];
  const seats = detail.seats;
  const layout = view.state.layouts[detail.layout];
  const standing = seats.map(() => ({ kind: "none", answer: null, told: "said nothing yet" }));
  const here = new Set();
  const heard = [];
  const by = new Map(detail.said.map((message) => [message.number, message.seat]));
  for (const message of detail.said.filter((message) => message.turn <= turn)) {
    if (message.turn === turn) {
      here.add(message.seat);
      for (const number of message.heard) if (by.has(number)) heard.push([by.get(number), message.seat]);
    }
    if (message.error === null && (message.answer !== null || ANSWERING.has(message.act))) {
      standing[message.seat] = { kind: kindOf(message, view.target), answer: message.answer, told: answerTold(message, view.debate) };
    }
  }
  const graphs = detail.graphs.filter(([from]) => from <= Math.max(1, turn));
  const edges = graphs.length ? graphs[graphs.length - 1][1] : [];
  const ended = view.step === turns.length;
  const away = new Set(ended ? [] : seats.map((_, seat) => seat).filter((seat) => !here.has(seat)));
  const pruned = ended ? [] : detail.notes.filter((note) => note.turn === turn).flatMap((note) => note.edges);
  const drawing = graphOf({ seats, layout, edges, pruned, heard: ended ? [] : heard, standing, chosen: view.chosen, away, idle: turn === 0 }, view.choose);
  return make("div", { class: "stage" }, drawing, make("p", {}, caption(view, turn, heard, ended, edges, pruned)));
}

function caption(view, turn, heard, ended, edges, pruned) {
  const names = view.detail.seats;
  if (view.chosen !== null && !ended) {
    const from = [...new Set(heard.filter(([, v]) => v === view.chosen).map(([u]) => names[u]))];
    return from.length ? `${names[view.chosen]} heard ${from.join(", ")}.` : `${names[view.chosen]} heard nobody in this round.`;
  }
  if (!edges.length) return "Nobody hears anybody here.";
  if (turn === 0 && !ended) return "Nobody has heard anybody yet; dotted is who will. Choose a seat to follow it.";
  if (pruned.length) return "Dotted is what was pruned in this round. An arrow points at the one who hears; a plain line is heard both ways.";
  return "An arrow points at the one who hears; a plain line is heard both ways. Choose a seat to see whom it heard.";
}
