var page = document.documentElement;
page.classList.add("scripted");
function setEdition(edition) {
  if (edition === "day" || edition === "night") page.dataset.edition = edition;
  else delete page.dataset.edition;
  for (var meta of document.querySelectorAll("meta[name=theme-color]"))
    meta.media = !page.dataset.edition ? "(prefers-color-scheme: " + (meta.dataset.of === "day" ? "light)" : "dark)") : meta.dataset.of === edition ? "all" : "not all";
}
try { setEdition(localStorage.getItem("edition")); } catch (refused) {}
