// Uploading pictures: each file is sent alone, one after the other, and its row tells what became of it.
const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type=file]");
const list = form.querySelector("[data-files]");
const waiting = [];
const taken = [];
let sending = false;

const say = (row, words) => {
  row.querySelector("[data-answer]").textContent = words;
};

const send = (file, row, keepsBoth) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    const progress = row.querySelector("progress");
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.append("files", file);
    if (keepsBoth) data.append("keeps_both", "on");
    progress.hidden = false;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    request.upload.addEventListener("load", () => say(row, "Sent. It is being read …"));
    request.addEventListener("loadend", () => {
      progress.hidden = true;
      done(request);
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.send(data);
  });

const count = () => {
  const left = waiting.length + Number(sending);
  const said = taken.length === 1 ? "One picture is in the library." : `${taken.length} pictures are in the library.`;
  form.querySelector("[data-upload-status]").textContent = left ? `${left} to go …` : taken.length ? said : "";
  const link = form.querySelector("[data-together]");
  link.search = `?keys=${taken.slice(-200).join(",")}`;
  form.querySelector("[data-together-line]").hidden = left > 0 || !taken.length;
};

// What the server answered, unless it was something else than a row: the page to sign in, or an error.
const show = (request, file, row) => {
  const answer = row.querySelector("[data-answer]");
  if (request.status === 413) return say(row, "This file is larger than 40 MB. Save it smaller and choose it again.");
  if (request.status !== 200 || request.responseURL !== form.action) {
    say(row, "This file did not arrive: the server does not answer, or you have been signed out. Sign in again in another window. ");
    const again = Object.assign(document.createElement("button"), { type: "button", className: "taken__both", textContent: "Send it again" });
    again.addEventListener("click", () => add(file, row));
    return answer.append(again);
  }
  answer.innerHTML = request.responseText;
  const key = answer.querySelector("[data-taken]")?.dataset.taken;
  if (key) taken.push(key);
  answer.querySelector("[data-keep-both]")?.addEventListener("click", () => add(file, row, true));
};

const next = async () => {
  const task = sending ? null : waiting.shift();
  if (!task) return;
  sending = true;
  count();
  show(await send(...task), task[0], task[1]);
  sending = false;
  count();
  next();
};

const add = (file, row, keepsBoth = false) => {
  say(row, "Waiting …");
  waiting.push([file, row, keepsBoth]);
  count();
  next();
};

const choose = (files) => {
  for (const file of files) {
    const row = form.querySelector("[data-file]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    list.append(row);
    if (file.size > Number(form.dataset.mostBytes)) {
      row.querySelector("progress").hidden = true;
      say(row, "This file is larger than 40 MB. Save it smaller and choose it again.");
    } else add(file, row);
  }
};

// Before the admin's own script hears of it, which looks for a field beside the input to name the file in.
form.addEventListener(
  "change",
  (event) => {
    if (event.target !== input) return;
    event.stopPropagation();
    choose([...input.files]);
    input.value = "";
  },
  true,
);
const drop = form.querySelector("[data-drop]");
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("taken__drop--over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("taken__drop--over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("taken__drop--over");
  choose([...event.dataTransfer.files]);
});
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("beforeunload", (event) => {
  if (sending || waiting.length) event.preventDefault();
});
drop.classList.add("taken__drop--scripted");
form.querySelector("[data-only-plain]").hidden = true;
form.querySelector("[data-only-scripted]").hidden = false;
