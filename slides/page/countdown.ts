const running = new WeakMap<Element, number>();

/** Starts or pauses the countdown of a slide, if it has one. It uses the clock, so a busy page can't slow it. */
export function toggleCountdown(slide: Element | undefined): void {
  const element = slide?.querySelector<HTMLElement>(".countdown");
  if (!element) {
    return;
  }
  const timer = running.get(element);
  const leftSeconds = Number(element.dataset["left"] ?? element.dataset["seconds"]);
  if (timer !== undefined) {
    window.clearInterval(timer);
    running.delete(element);
    element.classList.remove("running");
    return;
  }
  const endsAtMs = performance.now() + leftSeconds * 1_000;
  const tick = () => {
    const left = Math.ceil((endsAtMs - performance.now()) / 1_000);
    element.dataset["left"] = String(left);
    element.classList.toggle("over", left <= 0);
    const sign = left < 0 ? "+" : "";
    const [minutes, seconds] = [Math.floor(Math.abs(left) / 60), Math.abs(left) % 60];
    const figure = element.querySelector("strong");
    if (figure !== null) {
      figure.textContent = `${sign}${minutes}:${String(seconds).padStart(2, "0")}`;
    }
  };
  element.classList.add("running");
  tick();
  running.set(element, window.setInterval(tick, 250));
}
