// The page: theme, sortable table, and the browser of debates put together.

const THEMES = ["system", "light", "dark"];

function setTheme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  at("theme").textContent = `Theme: ${name}`;
  try { localStorage.setItem("quorate-theme", name); } catch { /* a page from a file may have no storage */ }
}

function startTheme() {
  let name = "system";
  try { name = localStorage.getItem("quorate-theme") || name; } catch { /* as above */ }
  setTheme(THEMES.includes(name) ? name : "system");
  at("theme").hidden = false;
  at("theme").addEventListener("click", () => {
    const shown = document.documentElement.dataset.theme || "system";
    setTheme(THEMES[(THEMES.indexOf(shown) + 1) % THEMES.length]);
  });
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const text = head.textContent;
    const button = make("button", { type: "button" }, text);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending" && column > 0;
      const up = head.getAttribute("aria-sort") !== "ascending" && column === 0;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down || (column === 0 && !up) ? "descending" : "ascending");
      sortRows(table.tBodies[0], column, down || (column === 0 && !up));
    });
  });
}

function sortRows(body, column, falling) {
  const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const order = (one, other) => (isNaN(key(one)) ? key(one).localeCompare(key(other)) : key(one) - key(other));
  const rows = [...body.rows].sort((one, other) => (falling ? order(other, one) : order(one, other)));
  body.append(...rows);
}

async function startBrowser() {
  const index = await unfolded(0);
  const debates = index.debates.map((row, place) => debateOf(index, row, place));
  for (const debate of debates) debate.found = `${debate.id}\n${debate.text}\n${debate.answer ?? ""}`.toLowerCase();
  const state = {
    debates, arms: index.arms, layouts: index.layouts, shown: [], debate: null, view: null, differences: true,
    seeds: new Set(debates.map((debate) => debate.seed)).size,
    chunks: 1 + Math.max(-1, ...index.problems.map((problem) => problem[4])),
  };
  state.watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) showMore(state); });
  state.open = (debate, asked, step) => openDebate(state, debate, asked, step);
  state.close = () => closeDebate(state);
  state.remember = () => remember(state);
  offerFilters(state);
  wireFilters(state);
  at("waiting").hidden = true;
  at("browser").hidden = false;
  showList(state, null);
  const [place, step] = linked();
  const wide = matchMedia("(min-width: 821px)").matches;
  if (debates[place]) openDebate(state, debates[place], !wide, step);
  else if (wide && state.shown.length) openDebate(state, state.shown[0], false, 0);
}

function wireFilters(state) {
  let latest = 0;
  const apply = async () => {
    const mine = ++latest;
    showList(state, null);
    const words = at("search").value.trim().toLowerCase();
    if (!at("deep").checked || words.length < 2) return;
    at("count").textContent += ", searching what was said …";
    const said = await saidIn(state.chunks, words, () => mine === latest);
    if (mine === latest) showList(state, said);
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); };
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("search").addEventListener("input", soon);
  for (const id of ["by-arm", "by-seed", "by-state", "by-sign", "order", "deep"]) at(id).addEventListener("change", apply);
  at("list").addEventListener("keydown", walkList);
  document.addEventListener("keydown", (event) => walkDebate(state, event));
}

async function openDebate(state, debate, asked, step) {
  state.debate = debate;
  for (const button of at("list").querySelectorAll("[aria-current]")) button.removeAttribute("aria-current");
  const listed = at("list").querySelector(`[data-place="${debate.place}"]`);
  if (listed) listed.setAttribute("aria-current", "true");
  const detail = await detailOf(debate);
  if (state.debate !== debate) return;
  showDebate(state, debate, detail);
  if (step) state.view.show(step);
  if (!asked) return;
  at("panes").classList.add("open");
  at("browser").classList.add("reading");
  if (matchMedia("(max-width: 820px)").matches) {
    at("debates").scrollIntoView();
    at("debate").focus({ preventScroll: true });
  } else if (at("debate").getBoundingClientRect().top < 0) at("panes").scrollIntoView();
}

function closeDebate(state) {
  at("panes").classList.remove("open");
  at("browser").classList.remove("reading");
  const listed = at("list").querySelector(`[data-place="${state.debate.place}"]`);
  if (listed) { listed.scrollIntoView({ block: "center" }); listed.focus({ preventScroll: true }); }
}

// Left and right step through the rounds, j and k through the debates, unless somebody is typing.
function walkDebate(state, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "Escape" && at("panes").classList.contains("open")) closeDebate(state);
  if (!state.view) return;
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step && !event.target.closest(".scroll")) state.view.show(state.view.step + step);
  const jump = { j: 1, k: -1 }[event.key];
  const next = jump && state.shown[state.shown.indexOf(state.debate) + jump];
  if (next) openDebate(state, next, false);
}

function linked() {
  const found = /^#debate-(\d+)(?:-(\d+))?$/.exec(location.hash);
  return found ? [Number(found[1]), Number(found[2] || 0)] : [-1, 0];
}

// The address names the open debate and round, so that it can be sent to somebody.
function remember(state) {
  if (!state.settled) { state.settled = true; return; }
  try { history.replaceState(null, "", `#debate-${state.debate.place}-${state.view.step}`); } catch { /* not from everywhere */ }
}

startTheme();
if (at("table")) makeSortable(at("table"));
if (at("browser") && "DecompressionStream" in globalThis) startBrowser();
