// Sharing, copying the link and printing a story; without this script its mail link is there, and the browser's own menus.
const tools = document.querySelector(".tools");
const address = document.querySelector("link[rel=canonical]")?.href ?? location.href.split("#")[0];
const offer = (name, use) => {
  const button = tools.querySelector(`[${name}]`);
  button.hidden = false;
  button.addEventListener("click", () => use(button));
};

if (navigator.share) offer("data-share", () => navigator.share({ title: document.querySelector("h1").textContent, url: address }).catch(() => {})); // closed again
if (navigator.clipboard) {
  offer("data-copy-link", async ({ dataset }) => {
    const said = tools.querySelector("[role=status]");
    said.textContent = await navigator.clipboard.writeText(address).then(() => dataset.said, () => dataset.refused.replace("{address}", () => address));
    setTimeout(() => (said.textContent = ""), 5000);
  });
}
offer("data-print", () => print());
