// What was typed of who orders stays in this tab while a quote is put together; the page of what was ordered forgets it.
const KEPT = "who-orders";
const who = document.querySelector("[data-keep]");

if (!who) {
  sessionStorage.removeItem(KEPT);
} else {
  const fields = [...who.querySelectorAll("[name]")];
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  for (const field of fields) {
    if (field.value || !kept[field.name]) continue;
    field.value = kept[field.name];
    field.dispatchEvent(new Event("change", { bubbles: true })); // the price may follow
  }
  keep();
  who.addEventListener("input", keep);
}
