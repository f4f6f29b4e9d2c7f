// Suggests stories, topics, authors and sources while somebody types into a search box; without this script the box searches as well.
const WAIT = 150; // milliseconds after the last letter
const LEAST = 2; // letters

function suggest(field) {
  const form = field.form;
  const list = document.createElement("ul");
  list.className = "suggest";
  list.id = `${field.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.suggest);
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id], ["autocomplete", "off"]])
    field.setAttribute(name, value);
  let timer, asked, chosen = -1;

  const choose = (place) => {
    chosen = place;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    place < 0 ? field.removeAttribute("aria-activedescendant") : field.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place]?.scrollIntoView({ block: "nearest" });
  };
  const show = (names, kinds, addresses) => {
    list.replaceChildren(...names.map((name, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.className = "suggest__one";
      option.setAttribute("role", "option");
      option.dataset.address = addresses[number];
      const kind = document.createElement("span");
      kind.className = "suggest__kind";
      kind.textContent = kinds[number];
      option.append(kind, ` ${name}`);
      return option;
    }));
    list.hidden = !names.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };
  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    show([]);
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked?.abort();
      if (field.value.trim().length < LEAST) return close();
      asked = new AbortController();
      try {
        const answer = await fetch(`${form.dataset.suggestions}?q=${encodeURIComponent(field.value)}`, { signal: asked.signal });
        if (answer.ok) show(...(await answer.json()).slice(1));
      } catch {} // typed on, or not on line: nothing is suggested
    }, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") choose((chosen + 2) % (count + 1) - 1);
    else if (event.key === "ArrowUp") choose((chosen + count + 1) % (count + 1) - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.address);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-address]");
    if (option) location.assign(option.dataset.address);
  });
  field.addEventListener("blur", close);
  addEventListener("pageshow", close);
}

document.querySelectorAll("[data-suggest]").forEach(suggest);
