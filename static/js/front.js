// The front page's order: a story is dragged to a place, or the place is chosen under its headline; both do the same.
const page = document.querySelector("[data-front]");
const places = [...page.querySelectorAll("[data-place]")];
const offered = page.querySelector("[data-front-offered]");
const search = document.querySelector("[data-front-search]");

const stood = [...page.querySelectorAll("[data-place] [data-story]")]; // no search offers them

const list = () => offered.querySelector("[data-front-list]");
const choice = (story) => story.querySelector("select");
const placeOf = (story) => story.closest("[data-place]");
const headline = (story) => story.querySelector(".front__headline").textContent;
const say = (text) => (page.querySelector("[data-front-said]").textContent = text);

const leave = (story) => {
  const item = document.createElement("li");
  item.append(story);
  list().prepend(item);
  choice(story).value = "";
};

const settle = (story, place) => {
  place.querySelector(".front__label").after(story);
  choice(story).value = place.dataset.place;
};

// Puts a story in a place, or in none; the one that stood there goes where this one came from.
const put = (story, place) => {
  const from = placeOf(story);
  const item = story.closest("li:not([data-place])");
  const held = place?.querySelector("[data-story]");
  if (held === story || (!place && !from)) return;
  if (held) from ? settle(held, from) : leave(held);
  place ? settle(story, place) : leave(story);
  item?.remove();
  page.dataset.changed = "";
  const where = place?.querySelector(".front__label").textContent;
  say(`${place ? `“${headline(story)}” is put in ${where}.` : `“${headline(story)}” is taken off.`} It is not saved yet.`);
};

let dragged = null;
const target = (event) => event.target.closest?.("[data-place], [data-front-offered]");
const mark = (zone) => {
  for (const each of [...places, offered]) each.toggleAttribute("data-over", each === zone);
};

page.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-story]") ?? null;
  if (dragged) event.dataTransfer.effectAllowed = "move";
});
page.addEventListener("dragover", (event) => {
  if (!dragged) return;
  mark(target(event));
  if (target(event)) event.preventDefault();
});
page.addEventListener("drop", (event) => {
  if (!dragged || !target(event)) return;
  event.preventDefault();
  put(dragged, target(event).closest("[data-place]"));
});
page.addEventListener("dragend", () => {
  dragged = null;
  mark(null);
});

page.addEventListener("change", (event) => {
  const story = event.target.closest("[data-story]");
  if (!story) return;
  const wanted = event.target.value;
  put(story, places.find((place) => place.dataset.place === wanted));
  event.target.focus({ preventScroll: true });
});

// A search changes what is offered, and leaves what is arranged.
const offer = async (address) => {
  offered.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    offered.innerHTML = found.querySelector("[data-front-offered]").innerHTML;
    for (const story of list().querySelectorAll("[data-story]")) {
      if (places.some((place) => place.querySelector(`[data-story="${story.dataset.story}"]`))) story.closest("li").remove();
      else choice(story).value = "";
    }
    for (const story of stood) if (!placeOf(story)) leave(story);
    const count = list().querySelectorAll("[data-story]").length;
    say(count === 1 ? "One story to choose from." : `${count} stories to choose from.`);
  } catch {
    say("The search did not answer. What you have arranged is still here: try again.");
  }
  offered.removeAttribute("aria-busy");
};

search.addEventListener("submit", (event) => {
  event.preventDefault();
  offer(`?${new URLSearchParams(new FormData(search))}`);
});
offered.addEventListener("click", (event) => {
  if (!event.target.closest("[data-front-newest]")) return;
  event.preventDefault();
  search.elements.q.value = "";
  offer(event.target.href);
});

page.addEventListener("submit", () => delete page.dataset.changed);
addEventListener("beforeunload", (event) => {
  if ("changed" in page.dataset) event.preventDefault();
});
