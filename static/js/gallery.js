// Opens the pictures of a story large, side by side; without this script each leads to its largest copy.
const gallery = document.querySelector("[data-gallery]");
const strip = gallery.querySelector("[data-strip]");
const links = [...document.querySelectorAll("[data-large]")];
const shown = () => Math.round(Math.abs(strip.scrollLeft) / strip.clientWidth);

function enlarge(link) {
  const figure = document.createElement("figure");
  const { lang, dir } = link.closest("[lang]");
  Object.assign(figure, { className: "gallery__figure", lang, dir });
  const picture = link.firstElementChild.cloneNode(true);
  for (const each of picture.children) each.sizes = "100vw";
  picture.querySelector("img").loading = "lazy";
  figure.append(picture, ...[link.nextElementSibling].filter(Boolean).map((caption) => caption.cloneNode(true)));
  return figure;
}

function show(index) {
  strip.children[(index + links.length) % links.length].scrollIntoView({ block: "nearest", inline: "start", behavior: "instant" });
}

function count() {
  const place = gallery.querySelector("[data-count]");
  const words = links.length > 1 ? place.dataset.count.replace("{number}", shown() + 1).replace("{all}", links.length) : "";
  if (place.textContent !== words) place.textContent = words;
}

links.forEach((link, index) => {
  link.setAttribute("aria-haspopup", "dialog");
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return; // a new tab or window, as asked
    event.preventDefault();
    if (!strip.children.length) strip.append(...links.map(enlarge));
    gallery.showModal();
    show(index);
    count();
    strip.focus();
  });
});
for (const button of gallery.querySelectorAll("[data-step]")) {
  button.hidden = links.length < 2;
  button.addEventListener("click", () => show(shown() + Number(button.dataset.step)));
}
gallery.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(shown() + step * (getComputedStyle(strip).direction === "rtl" ? -1 : 1));
});
strip.addEventListener("scroll", count);
