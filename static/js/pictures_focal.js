// The focal point of a picture: set by a click or the arrow keys, with what is left of the picture in every shape.
const STEP = 0.01;
const FAR = 0.1; // with Shift
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const within = (number) => Math.min(1, Math.max(0, number));

// Where a cut lies in what is left over beside it, as near to the point as it fits: renditions.recipe.cut_box in CSS's own measure.
const place = (point, whole, part) => (whole > part ? within((point * whole - part / 2) / (whole - part)) : 0.5);

const begin = (focal) => {
  const inputs = ["x", "y"].map((axis) => document.querySelector(`[name=focal_${axis}]`));
  if (inputs.includes(null)) return;
  const whole = focal.querySelector("[data-focal-whole]");
  const marker = focal.querySelector("[data-focal-marker]");
  const size = [Number(focal.dataset.width), Number(focal.dataset.height)];
  const point = () => inputs.map((input) => within(Number(input.value.replace(",", ".")) || 0));

  const show = () => {
    const [x, y] = point();
    Object.assign(marker.style, { left: `${x * 100}%`, top: `${y * 100}%` });
    for (const crop of focal.querySelectorAll("[data-focal-crop]")) {
      const scale = Math.min(size[0] / crop.dataset.across, size[1] / crop.dataset.down);
      const [left, top] = [place(x, size[0], crop.dataset.across * scale), place(y, size[1], crop.dataset.down * scale)];
      crop.style.objectPosition = `${left * 100}% ${top * 100}%`;
    }
  };
  const move = (...to) => {
    inputs.forEach((input, axis) => {
      input.value = within(to[axis]).toFixed(3);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    show();
  };

  whole.addEventListener("click", (event) => {
    if (event.target === marker) return;
    const box = whole.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    marker.focus({ preventScroll: true });
  });
  marker.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    const step = event.shiftKey ? FAR : STEP;
    move(...point().map((at, axis) => at + KEYS[event.key][axis] * step));
  });
  for (const input of inputs) input.addEventListener("input", show);
  for (const hidden of focal.querySelectorAll("[hidden]")) hidden.hidden = false;
  show();
};

for (const focal of document.querySelectorAll("[data-focal]")) begin(focal);
