// A change of many stories: how far it is, every second; without this script the page comes anew every five.
const bulk = document.querySelector("[data-progress]");

const look = async () => {
  try {
    const answer = await fetch(bulk.dataset.progress, { redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(answer.status);
    const { reached, total, words, is_running: isRunning } = await answer.json();
    if (!isRunning) return location.reload();
    const bar = bulk.querySelector("progress");
    bar.max = total;
    bar.value = reached;
    bulk.querySelector("[role=status]").textContent = words;
  } catch {
    bulk.querySelector("[role=status]").textContent = "The server does not answer. The stories go on all the same; this page looks again.";
  }
  setTimeout(look, 1_000);
};

if (bulk) setTimeout(look, 1_000);
