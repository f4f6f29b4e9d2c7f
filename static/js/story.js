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
  offer("data-copy-link", async () => {
    const said = tools.querySelector("[data-said]");
    said.textContent = await navigator.clipboard.writeText(address).then(() => "The link is copied.", () => `The browser did not let us copy. The link: ${address}`);
    setTimeout(() => (said.textContent = ""), 5000);
  });
}
offer("data-print", () => print());
