// What changed between two drafts: the longest common run of words, within bounds of work.

const WORK = 4e6;

// Returns [kind, text] pairs in reading order; kind is "same", "gone" or "new". Null when it is too much.
function difference(before, after) {
  return compared(words(before), words(after)) || compared(before.split(/(?<=\n)/), after.split(/(?<=\n)/));
}

function words(text) {
  return text.match(/\s+|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu) || [];
}

function compared(old, fresh) {
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, fresh.length) - start && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end++;
  const left = old.slice(start, old.length - end);
  const right = fresh.slice(start, fresh.length - end);
  if (left.length * right.length > WORK) return null;
  const pairs = [["same", fresh.slice(0, start).join("")], ...middle(left, right)];
  pairs.push(["same", fresh.slice(fresh.length - end).join("")]);
  return merged(pairs);
}

function middle(left, right) {
  const wide = right.length + 1;
  const common = new Uint16Array((left.length + 1) * wide);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const place = i * wide + j;
      common[place] = left[i] === right[j] ? common[place + wide + 1] + 1 : Math.max(common[place + wide], common[place + 1]);
    }
  }
  const pairs = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      pairs.push(["same", right[j]]);
      i++;
      j++;
    } else if (i < left.length && (j === right.length || common[(i + 1) * wide + j] >= common[i * wide + j + 1])) {
      pairs.push(["gone", left[i++]]);
    } else {
      pairs.push(["new", right[j++]]);
    }
  }
  return pairs;
}

// Neighbours of one kind become one. What is left alone between two changes is too little to read (a space, a
// comma): it counts as changed too, so that a rewritten sentence reads as one that went and one that came.
function merged(pairs) {
  const runs = joined(pairs);
  const found = [];
  let gone = "";
  let fresh = "";
  const flush = () => { found.push(["gone", gone], ["new", fresh]); gone = fresh = ""; };
  runs.forEach(([kind, text], place) => {
    const between = place > 0 && place < runs.length - 1;
    if (kind === "gone") gone += text;
    else if (kind === "new") fresh += text;
    else if (between && (gone || fresh) && !/\n|[\p{L}\p{N}]/u.test(text)) { gone += text; fresh += text; }
    else { flush(); found.push([kind, text]); }
  });
  flush();
  return joined(found);
}

function joined(pairs) {
  const found = [];
  for (const [kind, text] of pairs) {
    if (!text) continue;
    const last = found[found.length - 1];
    if (last && last[0] === kind) last[1] += text;
    else found.push([kind, text]);
  }
  return found;
}
