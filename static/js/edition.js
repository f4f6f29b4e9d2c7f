// The reader's choice between the day's and the night's edition, kept in this browser; without this script the system decides.
const choice = document.querySelector("[data-edition-choice]");
const mark = (edition) => (choice.querySelector(`[value="${edition}"]`).checked = true);

mark(document.documentElement.dataset.edition ?? "");
choice.addEventListener("change", (event) => {
  const edition = event.target.value;
  setEdition(edition); // as in the page's head
  try {
    edition ? localStorage.setItem("edition", edition) : localStorage.removeItem("edition");
  } catch {} // a browser that keeps nothing shows the choice until the page is left
});
addEventListener("storage", () => { // chosen in another tab
  setEdition(localStorage.getItem("edition"));
  mark(document.documentElement.dataset.edition ?? "");
});
