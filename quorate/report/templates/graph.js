// The drawn graph of a round: seats where they always stand, who can hear whom, and who was heard.

const SIDE = 250;
const ROOM = 46;
const CROWD = 12;

// A drawing; `view` has seats, places, edges, heard pairs, answers by seat and the chosen seat.
function graphOf(view, choose) {
  const { at: places, height } = placed(view);
  const radius = Math.max(9, Math.min(24, 150 / Math.sqrt(view.seats.length) / 2.6));
  const svg = drawn("svg", {
    class: "graph" + (view.idle ? " idle" : ""), viewBox: `0 0 ${SIDE + 2 * ROOM} ${height}`, role: "group",
    "aria-label": "Who hears whom",
  });
  for (const [u, v] of view.pruned) {
    if (view.chosen === null || view.chosen === v) svg.append(...arrow(places[u], places[v], radius, "pruned", true));
  }
  const pairs = new Set(view.edges.map(([u, v]) => u + ">" + v));
  for (const [u, v] of view.edges) {
    const both = pairs.has(v + ">" + u);
    if (!both || u < v) svg.append(...arrow(places[u], places[v], radius, "edge", !both));
  }
  for (const [u, v] of view.heard) {
    if (view.chosen === null || view.chosen === v) {
      if (places[u] && places[v]) svg.append(...arrow(places[u], places[v], radius, view.chosen === null ? "edge" : "heard", view.chosen !== null));
    }
  }
  view.seats.forEach((name, seat) => svg.append(node(view, seat, name, places[seat], radius, choose)));
  return svg;
}

// Seats of the layout stand in their square, officers below it.
function placed(view) {
  const rows = view.layout.map(([, y]) => y);
  const tall = SIDE * (Math.max(...rows) - Math.min(...rows)) || 0;
  const top = Math.min(...rows);
  const officers = view.seats.length - view.layout.length;
  const at = view.seats.map((_, seat) => {
    if (seat < view.layout.length) return [ROOM + view.layout[seat][0] * SIDE, ROOM + (view.layout[seat][1] - top) * SIDE];
    return [ROOM + (SIDE * (seat - view.layout.length + 0.5)) / officers, ROOM + tall + 86];
  });
  return { at, height: 2 * ROOM + tall + (officers > 0 ? 86 : 0) };
}

function arrow([x1, y1], [x2, y2], radius, kind, headed) {
  const long = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / long, (y2 - y1) / long];
  const [sx, sy] = [x1 + dx * radius, y1 + dy * radius];
  const back = radius + (headed ? 3 : 0);
  const [ex, ey] = [x2 - dx * back, y2 - dy * back];
  const size = 8;
  const line = drawn("path", { class: kind, d: `M${sx},${sy}L${headed ? ex - dx * 5 : ex},${headed ? ey - dy * 5 : ey}` });
  if (!headed) return [line];
  const [bx, by] = [ex - dx * size, ey - dy * size];
  const head = `M${ex},${ey}L${bx - dy * 4.5},${by + dx * 4.5}L${bx + dy * 4.5},${by - dx * 4.5}Z`;
  return [line, drawn("path", { class: kind + "-head", d: head })];
}

function node(view, seat, name, [x, y], radius, choose) {
  const { kind, answer, told } = view.standing[seat];
  const chosen = view.chosen === seat;
  const pick = () => choose(chosen ? null : seat);
  const group = drawn("g", {
    class: ["node", kind, chosen ? "chosen" : "", view.away.has(seat) ? "away" : ""].join(" "), tabindex: 0,
    role: "button", "aria-pressed": String(chosen), "aria-label": `${name}: ${told}`, "data-seat": seat, onclick: pick,
    onkeydown: (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); }
    },
  });
  const officer = seat >= view.layout.length;
  group.append(officer
    ? drawn("rect", { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, rx: 4 })
    : drawn("circle", { cx: x, cy: y, r: radius }));
  if (radius >= 14) group.append(drawn("text", { class: "inside", x, y: y + 4 }, shortened(answer === null ? "–" : answer, Math.floor(radius / 3.6))));
  if (view.seats.length <= 40) group.append(label(view, seat, name, x, y, radius));
  group.append(drawn("title", {}, `${name}: ${told}`));
  return group;
}

// The name of a seat: above or below it, and in a crowd on its outer side.
function label(view, seat, name, x, y, radius) {
  const [across, down] = view.layout[seat] || [0.5, 1];
  if (view.seats.length <= CROWD) {
    return drawn("text", { x, y: down < 0.4 ? y - radius - 6 : y + radius + 14 }, shortened(name, 14));
  }
  const [right, below] = [2 * across - 1, 2 * down - 1];
  const side = right < -0.05 ? "small left" : right > 0.05 ? "small right-side" : "small";
  return drawn("text", { class: side, x: x + right * (radius + 5), y: y + below * (radius + 7) + 4 }, shortened(name, 9));
}

// The print of a debate: rounds from left to right, seats from top to bottom.
function printOf(print) {
  const rounds = print ? print.split(" ") : [];
  if (rounds.length > 1 && rounds[0].length > CROWD) return barsOf(rounds);
  const seats = Math.max(1, ...rounds.map((round) => round.length));
  const across = rounds.length === 1 ? Math.ceil(Math.sqrt(seats)) : 0;
  const columns = across || rounds.length || 1;
  const rows = across ? Math.ceil(seats / across) : seats;
  const step = Math.min(10, 48 / Math.max(columns, rows));
  const svg = drawn("svg", { class: "print", width: 52, height: Math.max(20, rows * step + 4), "aria-hidden": "true" });
  const left = 26 - (columns * step) / 2;
  const top = Math.max(20, rows * step + 4) / 2 - (rows * step) / 2;
  rounds.forEach((round, turn) => Array.from(round).forEach((letter, seat) => {
    const x = left + ((across ? seat % across : turn) + 0.5) * step;
    const y = top + ((across ? Math.floor(seat / across) : seat) + 0.5) * step;
    svg.append(dot(letter, x, y, step));
  }));
  return svg;
}

// A crowd's print: a bar a round, from below the share that was right, then wrong; the rest gave no answer.
function barsOf(rounds) {
  const svg = drawn("svg", { class: "print", width: 52, height: 46, "aria-hidden": "true" });
  const wide = Math.min(11, 44 / rounds.length);
  rounds.forEach((round, turn) => {
    const share = (letter) => (42 * Array.from(round).filter((one) => one === letter).length) / round.length;
    const x = 26 - (rounds.length * wide) / 2 + turn * wide;
    svg.append(drawn("rect", { class: "part-right", x, y: 44 - share("r"), width: wide - 2, height: share("r") }));
    svg.append(drawn("rect", { class: "part-wrong", x, y: 44 - share("r") - share("w"), width: wide - 2, height: share("w") }));
  });
  return svg;
}

function dot(letter, x, y, step) {
  if (letter === "n") return drawn("path", { class: "mute", d: `M${x - step * 0.26},${y}h${step * 0.52}` });
  if (letter === ".") return drawn("circle", { class: "silent", cx: x, cy: y, r: step * 0.13 });
  return drawn("circle", { class: letter === "r" ? "right" : "wrong", cx: x, cy: y, r: step * 0.32 });
}
