// How a debate ended: the tally, the reason, the board behind the answer, and who dissents.

function outcomeOf(view) {
  const outcome = view.detail.outcome;
  const box = make("div", { class: "messages outcome" });
  if (!outcome) return filled(box, {}, [make("p", {}, "This question was not decided when the record was read.")]);
  const tally = Object.entries(outcome.tally).sort((one, other) => other[1] - one[1]);
  if (tally.length) box.append(tallyOf(tally, outcome));
  box.append(make("dl", {}, ...facts(outcome).flatMap(([name, value]) => [make("dt", {}, name), make("dd", { dir: "auto" }, value)])));
  if (outcome.board.length) box.append(boardBox("The board behind the answer", outcome.board, new Set(outcome.board.map((line) => line.text))));
  for (const { seat, answer, text } of outcome.dissent) {
    const mark = view.debate.gold === null ? "" : answer === view.debate.gold ? " ✓" : " ✗";
    const right = view.debate.gold !== null && answer === view.debate.gold;
    box.append(make("section", { class: `message${right ? " right" : ""}`, "aria-label": `Dissent of ${seat}` },
      make("header", {}, make("h3", {}, seat), make("span", { class: "act" }, "dissents"), make("span", { class: right ? "right-mark" : "" }, shortened(answer, 120) + mark)),
      text && textOf(text, null)));
  }
  return box;
}

function tallyOf(tally, outcome) {
  const most = Math.max(...tally.map(([, votes]) => Number(votes) || 0), 1e-9);
  const list = make("div", { class: "tally", role: "list", "aria-label": "Tally" });
  for (const [answer, votes] of tally.slice(0, 20)) {
    const share = Math.max(0, Number(votes) || 0) / most;
    const won = outcome.winners.includes(answer);
    list.append(make("span", { role: "listitem", dir: "auto" }, shortened(answer, 80)),
      drawn("svg", { class: "bar-svg", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        drawn("rect", { class: won ? "won" : "", width: 100 * share, height: 10 })),
      make("span", {}, amount(Number(votes) || 0)));
  }
  return list;
}

function facts(outcome) {
  const found = [["decided", outcome.reason || "without a reason given"]];
  if (outcome.winners.length > 1) found.push(["tied", `${outcome.winners.join(", ")}; ${outcome.tie_break || "no tie-break"} took one`]);
  found.push(["consensus", outcome.consensus ? "yes" : "no"]);
  if (outcome.invalid) found.push(["abstained", `${outcome.invalid} whose answer could not be read`]);
  if (outcome.failed.length) found.push(["failed", outcome.failed.join(", ")]);
  if (outcome.cut) found.push(["shortened", `${outcome.cut} prompts to fit a context`]);
  return found;
}
