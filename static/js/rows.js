// Rows of a story's form: its byline and its pictures. Rows are added, moved and taken away; the server knows them by their order alone.
const next = (list) => 1 + Math.max(0, ...[...list.querySelectorAll("[name$=_position]")].map((input) => Number(input.value)));

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

const add = (rows) => {
  const list = rows.querySelector("[data-rows-list]");
  const row = rows.querySelector("[data-rows-blank]").content.firstElementChild.cloneNode(true);
  name(row);
  number(row, list);
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
