// The data of the page: an index at once, and chunks of what was said when they are asked for.

const KEPT = 6;
const STATES = { r: "right", w: "wrong", t: "tied" };
const SIGNS = ["disagreed", "dissent", "tie", "failed", "unread", "board", "open"];
const chunks = new Map();

async function unfolded(number) {
  const bytes = Uint8Array.from(atob(at("data-" + number).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// A row of the index under names.
function debateOf(index, row, place) {
  const [problem, arm, seed, answer, state, print, rounds, tokens, signs] = row;
  const [id, text, gold, choices, chunk] = index.problems[problem];
  return { place, id, text, gold, choices, chunk, arm: index.arms[arm], seed, answer, state, print, rounds, tokens, signs };
}

function has(debate, sign) {
  return ((debate.signs >> SIGNS.indexOf(sign)) & 1) === 1;
}

function chunkOf(number) {
  if (!chunks.has(number)) {
    for (const old of chunks.keys()) {
      if (chunks.size < KEPT) break;
      chunks.delete(old);
    }
    chunks.set(number, unfolded(number + 1));
  }
  return chunks.get(number);
}

// All that happened in a debate, its messages under names.
async function detailOf(debate) {
  const chunk = await chunkOf(debate.chunk);
  const told = chunk.debates[debate.place];
  const lines = (board) => board.map(([seat, text, sure]) => ({ seat, text: chunk.texts[text], sure }));
  const said = told.said.map(([seat, act, turn, text, answer, sure, tokensIn, tokensOut, heard, number, error]) => ({
    seat, act, turn, text: chunk.texts[text], answer, sure, tokensIn, tokensOut, heard, number, error,
  }));
  const outcome = told.outcome && {
    ...told.outcome,
    board: lines(told.outcome.board),
    dissent: told.outcome.dissent.map(([seat, answer, text]) => ({ seat, answer, text: chunk.texts[text] })),
  };
  const boards = told.boards.map(([turn, seats, board]) => ({ turn, seats, lines: lines(board) }));
  const notes = told.notes.map(([turn, kind, text, edges]) => ({ turn, kind, text, edges }));
  return { ...told, said, boards, notes, outcome };
}

// Where any text of a debate contains the words, chunk after chunk.
async function saidIn(count, words, still) {
  const found = new Set();
  for (let number = 0; number < count; number++) {
    const chunk = await unfolded(number + 1);
    if (!still()) return found;
    const hits = new Set(chunk.texts.flatMap((text, place) => (text.toLowerCase().includes(words) ? [place] : [])));
    for (const [place, told] of Object.entries(chunk.debates)) {
      if (told.said.some((message) => hits.has(message[3]))) found.add(Number(place));
    }
  }
  return found;
}
