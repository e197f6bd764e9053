// The list of debates: what is asked for, in which order, a hundred at a time.

const PAGE = 100;
const BY_STATE = {
  "any": () => true,
  "wrong → right": (debate) => debate.state === "wr",
  "right → wrong": (debate) => debate.state === "rw",
  "tied → right": (debate) => debate.state === "tr",
  "tied → wrong": (debate) => debate.state === "tw",
  "right throughout": (debate) => debate.state === "rr",
  "wrong throughout": (debate) => debate.state === "ww",
};
const BY_SIGN = {
  "anything": () => true,
  "first drafts that disagree": (debate) => has(debate, "disagreed"),
  "dissent at the end": (debate) => has(debate, "dissent"),
  "a tie": (debate) => has(debate, "tie"),
  "a board": (debate) => has(debate, "board"),
  "answers nobody could read": (debate) => has(debate, "unread"),
  "a failed seat": (debate) => has(debate, "failed"),
  "no decision yet": (debate) => has(debate, "open"),
};
const ORDERS = {
  "as asked": (one, other) => one.place - other.place,
  "by problem": (one, other) => one.id.localeCompare(other.id, "en", { numeric: true }) || one.place - other.place,
  "most rounds": (one, other) => other.rounds - one.rounds || one.place - other.place,
  "most tokens": (one, other) => other.tokens - one.tokens || one.place - other.place,
};

// Fill the selects; what no debate has is not offered.
function offerFilters(state) {
  const offer = (id, names) => at(id).append(...names.map((name) => make("option", { value: name }, name)));
  const worth = (tests) => Object.entries(tests).filter(([, test]) => state.debates.some(test)).map(([name]) => name);
  offer("by-arm", ["all", ...state.arms]);
  offer("by-state", worth(BY_STATE));
  offer("by-sign", worth(BY_SIGN));
  offer("order", Object.keys(ORDERS));
  const seeds = [...new Set(state.debates.map((debate) => debate.seed))];
  offer("by-seed", ["all", ...seeds.map(String)]);
  at("seed-field").hidden = seeds.length < 2;
  at("arm-field").hidden = state.arms.length < 2;
}

// The debates that pass the filters, in order.
function chosenDebates(state, said) {
  const words = at("search").value.trim().toLowerCase();
  const arm = at("by-arm").value;
  const seed = at("by-seed").value;
  const tests = [BY_STATE[at("by-state").value], BY_SIGN[at("by-sign").value]];
  const hits = (debate) => !words || debate.found.includes(words) || (said && said.has(debate.place));
  return state.debates
    .filter((debate) => (arm === "all" || debate.arm === arm) && (seed === "all" || String(debate.seed) === seed))
    .filter((debate) => tests.every((test) => test(debate)) && hits(debate))
    .sort(ORDERS[at("order").value]);
}

function showList(state, said) {
  state.shown = chosenDebates(state, said);
  const all = state.debates.length;
  at("count").textContent = state.shown.length === all
    ? `${all.toLocaleString("en")} debate${all === 1 ? "" : "s"}`
    : `${state.shown.length.toLocaleString("en")} of ${all.toLocaleString("en")} debates`;
  at("list").replaceChildren();
  at("list-pane").scrollTop = 0;
  if (!state.shown.length) at("list").append(make("li", { class: "nothing" }, "No debate fits these filters."));
  showMore(state);
}

// Append the next hundred, and watch for the end of the list to come into sight.
function showMore(state) {
  const begun = at("list").querySelectorAll("button").length;
  const next = state.shown.slice(begun, begun + PAGE).map((debate) => entry(state, debate));
  at("list").append(...next);
  state.watch.disconnect();
  if (begun + next.length < state.shown.length && next.length) state.watch.observe(next[next.length - 1]);
}

function entry(state, debate) {
  const button = make("button", {
    type: "button", "data-place": debate.place, onclick: () => state.open(debate, true),
    "aria-current": state.debate === debate ? "true" : null,
  });
  const mark = debate.state[1] === "r" ? "✓" : debate.state[1] === "w" ? "✗" : "";
  const ended = has(debate, "open") ? "not decided" : debate.answer === null ? "no answer" : shortened(debate.answer, 18);
  button.append(
    printOf(debate.print),
    make("span", {},
      make("span", { class: "ask", dir: "auto" }, shortened(debate.text, 160)),
      make("span", { class: "end" }, make("span", {}, debate.arm), make("span", { class: mark === "✓" ? "right-mark" : "" }, `${ended} ${mark}`)),
      make("span", { class: "end" }, make("span", {}, debate.id), make("span", {}, told(debate.state)))),
  );
  return make("li", {}, button);
}

function told(state) {
  const [before, after] = [STATES[state[0]], STATES[state[1]]];
  return before && after && before !== after ? `${before} → ${after}` : "";
}

// Up and down move through the list.
function walkList(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.closest("#list button")) return;
  event.preventDefault();
  const buttons = [...at("list").querySelectorAll("button")];
  const next = buttons[buttons.indexOf(event.target.closest("button")) + step];
  if (next) next.focus();
}
