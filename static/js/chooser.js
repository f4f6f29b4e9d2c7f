// A dialog of the editor in which something is chosen: it opens, asks the server while somebody types, and closes with what was chosen.
import { crel } from "django-prose-editor/editor";

const PAUSE = 250; // milliseconds without a key after which the server is asked

// Shows the dialog of that name; `said` tells in it what goes on.
export const open = (editor, name) => {
  const writing = editor.view.dom.closest("[data-writing]");
  const dialog = writing.querySelector(`[data-dialog=${name}]`).content.firstElementChild.cloneNode(true);
  const part = (what) => dialog.querySelector(`[data-chooser-${what}]`);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    editor.commands.focus();
  });
  dialog.addEventListener("keydown", walk);
  dialog.showModal();
  return { dialog, part, addresses: writing.dataset, say: (words) => (part("said").textContent = words) };
};

// The arrows walk through what is offered.
const walk = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [...event.currentTarget.querySelectorAll("[data-chooser-typed], li button")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
};

export const item = (className, parts, choose) => {
  const button = crel("button", { type: "button", className }, parts);
  button.addEventListener("click", choose);
  return crel("li", {}, [button]);
};

// Returns a function that asks an address and hands its answer on, the last question's alone.
export const asker = (address, { say }) => {
  let asking = new AbortController();
  return async (question, answered) => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await fetch(`${address}?${new URLSearchParams(question)}`, { signal, redirect: "error" });
      const found = await answer.json();
      say(found.problem ?? "");
      if (answer.ok) answered(found);
    } catch {
      if (!signal.aborted) say("The server does not answer, or you have been signed out. Sign in again in another window, then try once more.");
    }
  };
};

export const whenTyped = (field, act) => {
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(act, PAUSE);
  });
};
