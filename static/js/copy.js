// Copies what a text field holds; without this script, it can be marked and copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    const isCopied = navigator.clipboard ? await navigator.clipboard.writeText(field.value).then(() => true, () => false) : document.execCommand("copy");
    if (!isCopied) return; // it is marked, for the keys that copy
    button.ariaLive = "polite";
    button.textContent = button.dataset.said;
    setTimeout(() => (button.textContent = words), 2000);
  });
}
