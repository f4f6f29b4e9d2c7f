// What the newsroom's editor has beside paragraphs: pull quotes and fact boxes, as articles/body.py lets them through.
import { Node } from "django-prose-editor/editor";

const CONTENT = "(paragraph | heading | blockquote | bulletList | orderedList | table | horizontalRule)+"; // all that is not one itself

const aside = (name, marked, words, letter) =>
  Node.create({
    name,
    group: "block",
    content: CONTENT,
    defining: true,
    parseHTML: () => [{ tag: `aside.${marked}` }],
    renderHTML: () => ["aside", { class: marked }, 0],
    addKeyboardShortcuts() {
      return { [`Mod-Alt-${letter}`]: () => this.editor.commands.toggleWrap(name) };
    },
    addMenuItems({ buttons, menu }) {
      menu.defineItem({
        name,
        groups: "nodes",
        button: buttons.text(words, `${words} (Ctrl+Alt+${letter.toUpperCase()})`),
        active: (editor) => editor.isActive(name),
        command: (editor) => editor.chain().focus().toggleWrap(name).run(),
      });
    },
  });

export const PullQuote = aside("pullQuote", "pull", "Pull quote", "q");
export const FactBox = aside("factBox", "facts", "Fact box", "b");
