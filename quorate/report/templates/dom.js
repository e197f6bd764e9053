// Elements and text. Whatever a model wrote enters the page here, and only as the text of a text node.

const SVG = "http://www.w3.org/2000/svg";
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

function at(id) {
  return document.getElementById(id);
}

function make(tag, options, ...children) {
  return filled(document.createElement(tag), options, children);
}

function drawn(tag, options, ...children) {
  return filled(document.createElementNS(SVG, tag), options, children);
}

function filled(element, options, children) {
  for (const [name, value] of Object.entries(options || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : plain(String(child)));
    }
  }
  return element;
}

// Control characters, and marks that would turn the direction of what follows, as letters one can see.
function plain(text) {
  return text.replace(INVISIBLE, (mark) => "‹" + mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "›");
}

// The same, set apart so that they cannot be taken for what was written.
function written(text) {
  const part = document.createDocumentFragment();
  let end = 0;
  for (const found of text.matchAll(INVISIBLE)) {
    if (found[0] === "\r") continue;
    part.append(text.slice(end, found.index), make("span", { class: "control-mark" }, found[0]));
    end = found.index + found[0].length;
  }
  part.append(text.slice(end));
  return part;
}

function amount(value) {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(Number(value).toPrecision(3)));
}

function shortened(text, most) {
  const letters = Array.from(plain(text).slice(0, 4 * most + 8));
  return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : letters.join("");
}
