// What was said in a round, as cards; and the board.

const ANSWERING = new Set(["draft", "revise", "continue", "sample"]);
const LONG = 6000;
const TOO_LONG = 40000;

function kindOf(message, target) {
  if (message.error !== null || message.answer === null) return "none";
  return message.answer === target ? "right" : "wrong";
}

function answerTold(message, debate) {
  if (message.error !== null) return "failed";
  if (message.answer === null) return ANSWERING.has(message.act) ? "no answer read" : "";
  const mark = debate.gold === null ? "" : message.answer === debate.gold ? " ✓" : " ✗";
  return shortened(message.answer, 200) + mark;
}

// The message of the same seat that this one revises, if there is one.
function draftBefore(detail, message) {
  if (!ANSWERING.has(message.act)) return null;
  const earlier = detail.said.filter((other) => other.seat === message.seat && other.turn < message.turn && ANSWERING.has(other.act) && other.error === null);
  return earlier.length ? earlier[earlier.length - 1] : null;
}

// What its text is compared with. Who continues from a board writes only what follows: of the draft before,
// which may have begun with a board too, the rest counts from as many lines on as the board has now.
function textBefore(detail, message, before) {
  if (message.act !== "continue") return before.text;
  const lines = (said) => boardOfSeat(detail, said).flatMap((line) => line.text.replace(/\n$/, "").split("\n"));
  const whole = before.act === "continue" ? [...lines(before), ...before.text.split("\n")] : before.text.split("\n");
  return whole.slice(lines(message).length).join("\n");
}

function boardOfSeat(detail, message) {
  const held = detail.boards.filter((board) => board.turn <= message.turn && board.seats.includes(message.seat));
  return held.length ? held[held.length - 1].lines : [];
}

function card(view, message) {
  const { debate, detail } = view;
  const before = draftBefore(detail, message);
  const kind = kindOf(message, view.target);
  const box = make("section", {
    class: `message ${kind}${view.chosen === message.seat ? " chosen" : ""}`, "data-seat": message.seat, "data-number": message.number,
    "aria-label": `${detail.seats[message.seat]}, ${message.act}`, tabindex: -1,
  });
  const answer = make("span", { class: kind === "right" && debate.gold !== null ? "right-mark" : "" }, answerTold(message, debate));
  const act = message.act === "draft" || message.act === "revise" ? "" : message.act;
  const changed = before && before.answer !== message.answer && message.error === null
    ? make("span", { class: "act" }, `was ${before.answer === null ? "no answer" : shortened(before.answer, 80)}`) : null;
  box.append(make("header", {}, make("h3", { dir: "auto" }, detail.seats[message.seat]), act && make("span", { class: "act" }, act), answer, changed, figures(message)));
  if (message.heard.length) box.append(hears(view, message));
  if (message.error !== null) box.append(make("p", { class: "error" }, shortened(message.error, 400)));
  else box.append(textOf(message.text, view.differences && before ? textBefore(detail, message, before) : null));
  return box;
}

function figures(message) {
  const parts = [];
  if (message.sure !== null) parts.push(`${Math.round(100 * message.sure)} % sure`);
  if (message.tokensIn + message.tokensOut) parts.push(`${amount(message.tokensIn)} → ${amount(message.tokensOut)} tokens`);
  return make("span", { class: "figures" }, parts.join(" · "));
}

function hears(view, message) {
  const line = make("p", { class: "hears" }, "heard ");
  const spoken = new Map(view.detail.said.map((said) => [said.number, said]));
  message.heard.filter((number) => spoken.has(number)).forEach((number, place) => {
    const said = spoken.get(number);
    const seat = view.detail.seats[said.seat];
    const stood = said.answer === null ? (ANSWERING.has(said.act) ? "" : ` (${said.act})`) : ` (${shortened(said.answer, 20)})`;
    if (place) line.append(", ");
    line.append(make("button", { type: "button", onclick: () => view.visit(said) }, seat + stood));
  });
  return line;
}

// A text; against an earlier one, with what went struck out and what came marked.
function textOf(text, before) {
  const box = make("div", { class: "said-text", dir: "auto" });
  const whole = text.length <= LONG ? text : text.slice(0, LONG);
  const pairs = before !== null && text.length + before.length <= TOO_LONG ? difference(before, text) : null;
  if (pairs && text.length <= LONG) box.append(...pairs.map(([kind, part]) => marked(kind, part)));
  else box.append(written(whole));
  if (whole.length === text.length) return box;
  const more = make("button", { type: "button", class: "quiet more" }, `Show all ${text.length.toLocaleString("en")} characters`);
  more.addEventListener("click", () => { box.replaceChildren(written(text)); more.remove(); });
  return make("div", {}, box, more);
}

function marked(kind, text) {
  if (kind === "same") return written(text);
  const box = make(kind === "gone" ? "del" : "ins", {});
  box.append(written(text));
  return box;
}

// The boards that stand at a turn, each with the seats that have it and what came on with this turn.
function boardsAt(view, turn) {
  const latest = new Map();
  const before = new Map();
  for (const board of view.detail.boards.filter((board) => board.turn <= turn)) {
    for (const seat of board.seats) {
      before.set(seat, latest.get(seat));
      latest.set(seat, board);
    }
  }
  const holders = new Map();
  for (const [seat, board] of latest) {
    if (board.lines.length) holders.set(board, [...(holders.get(board) || []), seat]);
  }
  return [...holders].map(([board, seats]) => {
    const known = board.turn === turn ? before.get(seats[0])?.lines || [] : board.lines;
    const whose = seats.map((seat) => view.detail.seats[seat] || "?").join(", ");
    return boardBox(`On the board of ${whose}`, board.lines, new Set(known.map((line) => line.text)));
  });
}

function boardBox(title, lines, known) {
  const list = make("ol", {});
  for (const { seat, text, sure } of lines) {
    const words = make("span", { dir: "auto" });
    words.append(written(text));
    list.append(make("li", { class: known.has(text) ? "" : "new" }, make("span", { class: "by" }, seat), words,
      make("span", { class: "sure" }, sure === null ? "" : `${Math.round(100 * sure)} %`)));
  }
  return make("section", { class: "board" }, make("h3", {}, title), list);
}
