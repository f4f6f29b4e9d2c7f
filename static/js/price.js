// The price follows the answers of an order form; without this script, a button fetches it.
const form = document.querySelector("form[data-price]");
const questions = form?.querySelector("[data-questions]");
let latest = 0;

async function update() {
  const number = ++latest;
  const names = new Set([...questions.querySelectorAll("[name]"), ...form.querySelectorAll("[name=country]")].map((field) => field.name));
  const answers = new URLSearchParams([...new FormData(form)].filter(([name]) => names.has(name)));
  const response = await fetch(`${form.dataset.price}?${answers}`);
  if (number !== latest || !response.ok) return; // a later answer is on its way, or the order itself will say what is wrong
  form.querySelector("[data-receipt]").innerHTML = await response.text();
}

if (form) {
  form.querySelector("[data-update]").hidden = true;
  addEventListener("pageshow", () => { // gone back to, the form has its answers again, and the receipt is the first one
    if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") update().catch(() => {});
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "country" || questions.contains(event.target)) update().catch(() => {});
  });
}
