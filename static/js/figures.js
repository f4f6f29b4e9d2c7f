// Pictures in the text: a place holds the number of one of the story's pictures, which stand in rows below it, and shows it as that row has it.
import { asker, item, open, whenTyped } from "newsroom/chooser";
import { crel, Document, Node, pm } from "django-prose-editor/editor";

const rows = () => document.querySelector("[data-rows=figures]");

const listed = () =>
  [...(rows()?.querySelectorAll("[data-row]") ?? [])].map((row) => ({
    number: Number(row.querySelector("[name$=_position]").value),
    name: row.querySelector("select").selectedOptions[0]?.textContent ?? "",
    thumbnail: row.querySelector("[data-row-shown] img")?.getAttribute("src"),
    caption: row.querySelector("textarea").value.trim(),
    credit: row.dataset.credit ?? "",
    isLead: row.querySelector("[name$=_lead]").checked,
  }));

const seen = ({ thumbnail }) => (thumbnail ? crel("img", { src: thumbnail, alt: "", draggable: false }) : crel("span", { className: "place__none" }));

const draw = (place, pictures) => {
  const number = Number(place.dataset.figure);
  const picture = pictures.find((each) => each.number === number);
  const words = !picture
    ? "There is no such picture any more. Take this out, or place another."
    : picture.isLead
      ? "It stands above the story, so it is not printed here."
      : picture.caption || picture.name;
  const about = [crel("strong", { textContent: `Picture ${number}` }), crel("span", { textContent: words })];
  if (picture?.credit) about.push(crel("small", { textContent: picture.credit }));
  place.classList.toggle("place--missing", !picture || picture.isLead);
  place.replaceChildren(seen(picture ?? {}), crel("figcaption", {}, about));
};

const complaint = (placed, pictures) => {
  const missing = placed.filter((number) => !pictures.some((each) => each.number === number));
  const twice = placed.filter((number, index) => placed.indexOf(number) < index && !missing.includes(number));
  const one = [...new Set(missing)].map((number) => `There is no picture ${number} any more: its place in the text prints nothing.`);
  return [...one, ...[...new Set(twice)].map((number) => `Picture ${number} has two places in the text: it is printed at the first.`)].join(" ");
};

const refresh = (editor) => {
  const pictures = listed();
  const places = [...editor.view.dom.querySelectorAll("[data-figure]")];
  for (const place of places) draw(place, pictures);
  const line = editor.view.dom.closest("[data-writing]").querySelector("[data-misplaced]");
  line.textContent = complaint(places.map((place) => Number(place.dataset.figure)), pictures);
  line.hidden = !line.textContent;
};

// Puts a picture where the cursor is: between blocks, never into one, and once.
const place = (editor, number) =>
  editor
    .chain()
    .focus()
    .command(({ tr, state: { schema } }) => {
      const earlier = [];
      tr.doc.forEach((node, at) => node.type.name === "figure" && node.attrs.number === number && earlier.unshift(at));
      for (const at of earlier) tr.delete(at, at + 1);
      const { $to, to } = tr.selection;
      const block = $to.depth ? $to.node(1) : null;
      const isEmpty = block?.type.name === "paragraph" && !block.content.size;
      const isBefore = isEmpty || ($to.depth === 1 && !$to.parentOffset);
      const at = !block ? to : isBefore ? $to.before(1) : $to.after(1);
      tr.replaceWith(at, isEmpty ? $to.after(1) : at, schema.nodes.figure.create({ number }));
      const next = tr.doc.resolve(at + 1).nodeAfter;
      if (!next || next.isAtom) tr.insert(at + 1, schema.nodes.paragraph.create());
      tr.setSelection(pm.state.Selection.near(tr.doc.resolve(at + 1)));
      return true;
    })
    .scrollIntoView()
    .run();

// Adds a row for a picture of the library, and returns its number.
const added = (picture) => {
  rows().dispatchEvent(new CustomEvent("rows:add", { detail: picture }));
  return listed().at(-1).number;
};

const tile = (picture, words, choose) =>
  item("chooser__tile", [seen(picture), crel("span", { textContent: words }), crel("small", { textContent: picture.credit })], choose);

const choose = (editor) => {
  const chooser = open(editor, "picture");
  const { dialog, part, addresses, say } = chooser;
  const ask = asker(addresses.pictures, chooser);
  const done = (number) => {
    dialog.close();
    place(editor, number);
  };
  const own = listed().filter(({ name, caption, isLead }) => (name || caption) && !isLead);
  part("own").hidden = !own.length;
  part("own-list").append(...own.map((each) => tile(each, `Picture ${each.number}: ${each.caption || each.name}`, () => done(each.number))));
  let more = 1;
  const show = (page) =>
    ask({ words: part("typed").value, page }, (found) => {
      const tiles = found.pictures.map((each) => tile(each, each.name, () => done(added(each))));
      if (page === 1) part("found").replaceChildren();
      part("found").append(...tiles);
      more = found.more;
      part("more").hidden = !more;
      part("new").hidden = !found.add_url;
      part("new").href = found.add_url;
      if (!part("found").children.length) say("The library has no such picture.");
      if (page > 1) tiles[0]?.firstElementChild.focus();
    });
  const renew = () => show(1); // somebody comes back from the window in which they have uploaded one
  window.addEventListener("focus", renew);
  dialog.addEventListener("close", () => window.removeEventListener("focus", renew));
  part("more").addEventListener("click", () => show(more));
  dialog.querySelector("form").addEventListener("submit", (event) => event.submitter || event.preventDefault());
  part("typed").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    show(1);
  });
  whenTyped(part("typed"), () => show(1));
  show(1);
};

export const StoryFigure = Node.create({
  name: "figure",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    number: { default: null, parseHTML: (element) => Number(element.dataset.figure), renderHTML: ({ number }) => ({ "data-figure": number }) },
  }),
  parseHTML: () => [{ tag: "figure[data-figure]" }],
  renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes],
  addNodeView:
    () =>
    ({ node }) => {
      const dom = crel("figure", { className: "place", "data-figure": node.attrs.number });
      draw(dom, listed());
      return { dom, ignoreMutation: () => true };
    },
  addStorage: () => ({ watched: new AbortController() }),
  onCreate({ editor }) {
    const follow = ({ target }) => target.closest?.("[data-rows=figures]") && refresh(editor);
    for (const event of ["change", "input"]) document.addEventListener(event, follow, { signal: this.storage.watched.signal });
    refresh(editor);
  },
  onUpdate: ({ editor }) => refresh(editor),
  onDestroy() {
    this.storage.watched.abort();
  },
  addKeyboardShortcuts() {
    return { "Mod-Alt-g": () => (choose(this.editor), true) };
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "figure",
      groups: "nodes",
      button: buttons.material("image", "Picture (Ctrl+Alt+G)"),
      active: (editor) => editor.isActive("figure"),
      command: choose,
    });
  },
});

// A story: pictures stand between its blocks, never inside one.
export const StoryDocument = Document.extend({ content: "(block | figure)+" });
