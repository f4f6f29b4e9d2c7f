// How long a story and its headline are, told while they are written: counted as articles/body.py counts words, and a story its minutes.
const PAUSE = 300; // milliseconds without a key after which it is counted
const ENDS = /(<\/(?:p|h2|h3|li|blockquote|td|th|aside)>|<br>|<hr>)/g;

const wordsOf = (html) => {
  const text = new DOMParser().parseFromString(html.replace(ENDS, "$1 "), "text/html").body.textContent;
  return text.split(/\s+/).filter(Boolean).length;
};

const rounded = (number) => (number % 1 === 0.5 ? 2 * Math.round(number / 2) : Math.round(number)); // half to even, as Python does

const many = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

const count = (writing) => {
  const words = wordsOf(writing.querySelector("textarea").value);
  const minutes = Math.max(1, rounded(words / Number(writing.dataset.wordsAMinute)));
  writing.querySelector("[data-counted]").textContent = `${many(words, "word")}, ${many(minutes, "minute")} to read`;
};

let waiting;
document.addEventListener("input", ({ target }) => {
  const writing = target.closest("[data-writing]");
  if (!writing) return;
  clearTimeout(waiting);
  waiting = setTimeout(count, PAUSE, writing);
});

for (const field of document.querySelectorAll("[data-letters]")) {
  const line = document.createElement("p");
  line.className = "writing__said";
  const tell = () => (line.textContent = many([...field.value.trim()].length, "letter"));
  field.after(line);
  field.addEventListener("input", tell);
  tell();
}
