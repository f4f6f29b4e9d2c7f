// Rows of a story's form: its byline and its pictures. Rows are added, moved and taken away; the server knows them by their order alone.

// The next number: neither a row has it, nor a place in the text whose picture was taken away.
const next = (list) => {
  const rows = [...list.querySelectorAll("[name$=_position]")].map((input) => Number(input.value));
  const places = [...(list.closest("form").elements.body?.value.matchAll(/data-figure="(\d+)"/g) ?? [])].map(([, number]) => Number(number));
  return 1 + Math.max(0, ...rows, ...places);
};

const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

let made = 0;

// Names of its own, by which a window that makes a new author or picture finds the row that asked for it.
const name = (row) => {
  const select = row.querySelector("select[id]");
  const link = row.querySelector("a[id]");
  const own = select.id.replace("blank", `new${++made}`);
  select.id = own;
  if (link) link.id = `add_${own}`;
};

const number = (row, list) => {
  const position = row.querySelector("[name$=_position]");
  if (!position) return;
  position.value = next(list);
  row.querySelector("[data-row-number]").textContent = position.value;
  row.querySelector("[name$=_lead]").value = position.value;
};

// Shows a picture in its row: small, and with the caption that the library has for it where the row has none.
const show = (row, { thumbnail, credit, caption }) => {
  const image = document.createElement("img");
  image.src = thumbnail;
  image.alt = "";
  row.querySelector("[data-row-shown]").replaceChildren(thumbnail ? image : "Its copies are still to be made.");
  row.dataset.credit = credit;
  const words = row.querySelector("textarea");
  words.value ||= caption;
  changed(words);
};

const add = (rows, picture) => {
  const list = rows.querySelector("[data-rows-list]");
  const row = rows.querySelector("[data-rows-blank]").content.firstElementChild.cloneNode(true);
  name(row);
  number(row, list);
  if (picture) {
    row.querySelector("select").replaceChildren(new Option(picture.name, picture.key, true, true));
    show(row, picture);
  }
  list.append(row);
  row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: "" } })); // Django's own field for typing a name
  changed(list);
  return row;
};

const moves = {
  rowUp: (row) => row.previousElementSibling?.before(row),
  rowDown: (row) => row.nextElementSibling?.after(row),
  rowRemove: (row) => row.remove(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const rows = button?.closest("[data-rows]");
  if (!rows) return;
  if ("rowsAdd" in button.dataset) add(rows);
  const move = Object.keys(moves).find((name) => name in button.dataset);
  if (move) {
    const list = rows.querySelector("[data-rows-list]");
    moves[move](button.closest("[data-row]"));
    changed(list);
    if (button.isConnected) button.focus();
  }
});

// The editor places a picture of the library.
const figures = document.querySelector("[data-rows=figures]");
figures?.addEventListener("rows:add", ({ detail }) => add(figures, detail));

// Another picture was chosen in a row, by typing or by uploading it: only jQuery is told.
window.django.jQuery(figures).on("change", "select", async ({ target }) => {
  const row = target.closest("[data-row]");
  row.querySelector("[data-row-shown]").replaceChildren();
  row.dataset.credit = "";
  changed(row);
  const answer = target.value && (await fetch(`${figures.dataset.pictures}?key=${target.value}`, { redirect: "error" }).catch(() => null));
  const [picture] = answer?.ok ? (await answer.json()).pictures : [];
  if (picture?.key === target.value) show(row, picture);
});
