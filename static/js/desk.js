// A story's form: what is typed is kept on the server every few seconds, and before it is saved.
const OFTEN = 4_000; // milliseconds between two looks
const QUIET = 12_000; // after which a window in which nothing is typed says that it is there

const desk = document.querySelector("[data-sitting]");
const form = desk?.closest("form");

const typed = () => {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
};

const words = (data) => {
  const without = new URLSearchParams(data);
  without.delete("csrfmiddlewaretoken");
  return without.toString();
};

let kept = "";
let heard = 0;
let sending = null;

const say = (text) => {
  desk.querySelector("[data-sitting-status]").textContent = text;
};

const show = ({ others, latest }) => {
  const line = desk.querySelector("[data-sitting-others]");
  line.hidden = !others.length;
  line.textContent = others.length ? `Also at this story now: ${others.join(", ")}.` : "";
  desk.querySelector("[data-sitting-newer]").hidden = latest <= Number(desk.dataset.seen);
};

const ask = async (options = {}) => fetch(desk.dataset.sitting, { redirect: "error", signal: AbortSignal.timeout(10_000), ...options });

// Who has signed in again in another window has another token, and the form in this one has the old.
const renew = async () => {
  const { token } = await (await ask()).json();
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
  return token;
};

const send = async (data) => {
  let answer = await ask({ method: "POST", body: data });
  if (answer.status === 403) {
    data.set("csrfmiddlewaretoken", await renew());
    answer = await ask({ method: "POST", body: data });
  }
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

// Returns whether the server has all that is typed.
const keep = async () => {
  const data = typed();
  const now = words(data);
  const isNews = now !== kept;
  if (!isNews) for (const name of [...data.keys()]) if (!["window", "csrfmiddlewaretoken"].includes(name)) data.delete(name);
  try {
    const said = await send(data);
    heard = Date.now();
    if (isNews) {
      kept = now;
      say(`What you typed was kept at ${said.kept}. It is not saved yet.`);
    }
    show(said);
    return true;
  } catch {
    say("What you type cannot be kept at the moment: the server does not answer, or you have been signed out. Leave this window open, sign in again in another one, and go on here.");
    return false;
  }
};

const look = () => {
  if (sending || document.hidden) return;
  if (words(typed()) !== kept || Date.now() - heard > QUIET) sending = keep().finally(() => (sending = null));
};

if (form) {
  form.querySelector("[aria-invalid=true]")?.focus();
  let isTyped = "dirty" in desk.dataset; // before the editor of the text has settled
  form.addEventListener("input", (event) => (isTyped ||= event.isTrusted));
  setTimeout(() => {
    if (!isTyped) kept = words(typed());
    look();
    setInterval(look, OFTEN);
  }, 500);
  form.addEventListener("submit", async (event) => {
    if (form.dataset.kept) return;
    event.preventDefault();
    if (await keep()) {
      form.dataset.kept = "yes";
      form.requestSubmit(event.submitter);
    }
  });
}
