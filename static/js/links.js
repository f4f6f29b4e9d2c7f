// Links: to one of our own stories, found by typing, or to an address. What leads to this site is kept without its name.
import { asker, item, open, whenTyped } from "newsroom/chooser";
import { crel, Link as BaseLink } from "django-prose-editor/editor";

const SHORTEST = 2; // letters by which a story is looked for
const MAIL = /^(mailto:)?([^\s@/:]+@[^\s@/]+\.[^\s@/]+)$/i;
const ADDRESS = /^(https?:\/\/|\/(?!\/)|([\w-]+\.)+[a-z]{2,}(?=[/?#:]|$))\S*$/i;
const ALLOWED = /^(https?:|mailto:|[^:]*([/?#]|$))/i; // as articles/body.py lets them through

// Returns what was typed as an address, or "" where it is none.
const addressOf = (typed, site) => {
  if (MAIL.test(typed)) return typed.replace(MAIL, "mailto:$2");
  if (!ADDRESS.test(typed)) return "";
  const whole = typed.startsWith("/") ? `${location.origin}${typed}` : /^https?:/i.test(typed) ? typed : `https://${typed}`;
  if (!URL.canParse(whole)) return "";
  const url = new URL(whole);
  return [location.origin, site].includes(url.origin) ? url.pathname + url.search + url.hash : url.href;
};

const link = (editor, href, words) => {
  const chain = editor.chain().focus();
  if (editor.isActive("link")) chain.extendMarkRange("link").setLink({ href });
  else if (editor.state.selection.empty) chain.insertContent({ type: "text", text: words, marks: [{ type: "link", attrs: { href } }] });
  else chain.setLink({ href });
  chain.run();
  editor.chain().setTextSelection(editor.state.selection.to).unsetMark("link").run(); // what is typed next is no link
};

const choose = (editor) => {
  if (editor.isActive("figure")) return; // a picture is no link
  const chooser = open(editor, "link");
  const { dialog, part, addresses, say } = chooser;
  const ask = asker(addresses.stories, chooser);
  const field = part("typed");
  const addressIn = (typed) => addressOf(typed, new URL(addresses.site).origin);
  let offered = ""; // for what
  const done = (href, words) => {
    dialog.close();
    link(editor, href, words);
  };
  const offer = (typed, { stories }) => {
    const href = addressIn(typed);
    const direct = href ? [item("chooser__story", [crel("strong", { textContent: `Link to ${href}` })], () => done(href, typed))] : [];
    const found = stories.map(({ headline, about, address }) =>
      item("chooser__story", [crel("strong", { textContent: headline }), crel("small", { textContent: about })], () => done(address, headline)),
    );
    part("found").replaceChildren(...direct, ...found);
    say(typed.length < SHORTEST || direct.length || found.length ? "" : "None of our stories in print has these words.");
    offered = typed;
  };
  const look = () => {
    const words = field.value.trim();
    if (words.length < SHORTEST || addressIn(words)) offer(words, { stories: [] });
    else ask({ words }, (found) => offer(words, found));
  };
  whenTyped(field, look);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const typed = field.value.trim();
    if (addressIn(typed)) done(addressIn(typed), typed);
    else if (typed === offered) part("found").querySelector("button")?.click();
    else look();
  });
  const now = editor.getAttributes("link").href;
  part("remove").hidden = !now;
  part("remove").addEventListener("click", () => {
    dialog.close();
    editor.chain().focus().extendMarkRange("link").unsetLink().run();
  });
  if (!now) return;
  field.value = now.replace(/^mailto:/, "");
  field.select();
  look();
};

export const Link = BaseLink.extend({
  addOptions() {
    return { ...this.parent?.(), isAllowedUri: (address) => ALLOWED.test(address) };
  },
  addCommands() {
    return { ...this.parent?.(), addLink: () => ({ editor }) => (choose(editor), true) };
  },
  addKeyboardShortcuts() {
    return { "Mod-k": () => this.editor.commands.addLink() };
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "link",
      groups: "link",
      button: buttons.material("insert_link", "Link (Ctrl+K)"),
      active: (editor) => editor.isActive("link"),
      command: (editor) => editor.commands.addLink(),
    });
  },
});
