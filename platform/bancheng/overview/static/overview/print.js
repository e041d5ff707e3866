/* On paper every chart is as wide as the sheet, and its table and formula are open. */
(() => {
  "use strict";
  const SHEET = 660; // CSS pixels between the margins of A4
  const boxes = () => [...document.querySelectorAll("[data-chart]")];
  const opened = [];
  const resize = (width) => boxes().forEach((box) => window.echarts?.getInstanceByDom(box)?.resize({ width }));
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((details) => { details.open = true; opened.push(details); });
    resize(SHEET);
  });
  window.addEventListener("afterprint", () => {
    opened.splice(0).forEach((details) => { details.open = false; });
    resize("auto");
  });
})();
