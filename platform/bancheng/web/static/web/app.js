/* What every page does in the browser: CSRF for htmx, one submit per press, questions before final acts, dialog, toasts, charts. */
(() => {
  "use strict";
  const dialog = document.getElementById("dialog");
  const dialogBody = document.getElementById("dialog-body");
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.split("=")[1] ?? "";

  // --- IME: nothing fires while a word is still being composed.
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });
  document.addEventListener("keydown", (event) => {
    if ((event.isComposing || event.keyCode === 229) && event.key === "Enter") event.stopPropagation();
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (composing) event.preventDefault();
  });

  // --- One submit per press; the button shows at once that it works.
  const busy = (button, on) => {
    if (!button) return;
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  };
  const free = (form) => {
    delete form.dataset.sending;
    [...form.elements].forEach((button) => busy(button, false)); // also those outside that name the form
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const stays = "download" in form.dataset || form.target === "_blank"; // the page does not change: nothing to wait for
    if (form.dataset.sending || composing) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const question = button?.dataset.confirm ?? form.dataset.confirm;
    if (question && form.dataset.confirmed !== "yes") {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(question, button?.textContent.trim() || "确认", () => {
        form.dataset.confirmed = "yes";
        form.requestSubmit(button ?? undefined);
        delete form.dataset.confirmed;
      });
      return;
    }
    if (stays) return;
    form.dataset.sending = "yes";
    busy(button, true);
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented && !event.target.closest("[hx-post],[hx-get]")) free(event.target);
  });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches("button, .btn")) busy(event.target, true); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches("form")) free(event.target);
    else if (event.target.matches("button, .btn")) busy(event.target, false);
  });
  // Back from the next page: the browser may show this one as it was left.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(free));

  // --- htmx: the CSRF token; a lost session leads to the login page and back here; failures speak.
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = cookie("__Host-csrftoken") || cookie("csrftoken"); });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.detail.xhr.getResponseHeader("HX-Trigger")?.includes("toast")) return; // the answer speaks for itself
    toast(status === 403 ? "没有权限，或登录已失效，请刷新页面后重试。" : `操作没有完成（${status}），请重试。`, "error");
  });
  document.addEventListener("htmx:sendError", () => toast("网络不通，操作没有完成。已填内容仍在，请稍后重试。", "error"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const landed = new URL(event.detail.xhr.responseURL || location.href, location.href).pathname;
    if (landed === "/login/" && location.pathname !== "/login/") {
      event.detail.shouldSwap = false;
      location.assign(`/login/?next=${encodeURIComponent(location.pathname + location.search)}`);
    } else if (event.detail.xhr.getResponseHeader("HX-Retarget")) { // a refused form comes back under its own status
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // --- The one dialog: questions, and what htmx fetches into it.
  function ask(sentence, verb, go) {
    const words = document.createElement("div");
    words.className = "dialog-content";
    words.id = "dialog-title";
    words.textContent = sentence;
    const foot = document.createElement("div");
    foot.className = "dialog-foot";
    const no = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "取消" });
    const yes = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary", textContent: verb });
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => { dialog.close(); go(); });
    foot.append(no, yes);
    dialogBody.replaceChildren(words, foot);
    dialog.showModal();
    yes.focus();
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialogBody && dialogBody.childElementCount && !dialog.open) dialog.showModal();
    ready(event.detail.target);
  });
  document.body.addEventListener("dialog-close", () => dialog.close());
  dialog.addEventListener("close", () => dialogBody.replaceChildren());
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
    event.target.closest("[data-dismiss]")?.parentElement.remove();
    if (event.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.more[open]").forEach((menu) => { if (!menu.contains(event.target) || event.target.closest(".more-acts")) menu.open = false; });
    if (event.target.closest("[data-back]")) history.back();
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.more[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // --- Toasts.
  function toast(text, tone = "info") {
    const line = document.createElement("div");
    line.className = `toast-line toast-${tone}`;
    line.textContent = text;
    document.getElementById("toasts").append(line);
    if (tone !== "error") setTimeout(() => line.remove(), 8000);
    else line.addEventListener("click", () => line.remove());
  }
  document.body.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));
  document.querySelectorAll(".toast-info, .toast-success").forEach((line) => setTimeout(() => line.remove(), 8000));

  // --- "/" goes to the search box.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = document.getElementById("search");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  });

  // --- A box that narrows a list on the page: data-filter="selector of the items".
  document.querySelectorAll("[data-filter]").forEach((box) => {
    box.addEventListener("input", () => {
      const wanted = box.value.trim().toLowerCase();
      document.querySelectorAll(box.dataset.filter).forEach((item) => {
        item.hidden = !item.dataset.words.toLowerCase().includes(wanted);
      });
      document.querySelectorAll("[data-filter-group]").forEach((group) => {
        group.hidden = !group.querySelector(`${box.dataset.filter}:not([hidden])`);
      });
      const none = document.querySelector("[data-filter-none]");
      if (none) none.hidden = Boolean(document.querySelector(`${box.dataset.filter}:not([hidden])`));
    });
  });

  // --- First error, and charts; again for what htmx brings.
  const style = getComputedStyle(document.documentElement);
  const axis = { axisLabel: { color: "#55616e", hideOverlap: true }, axisLine: { lineStyle: { color: "#b7c1cc" } }, splitLine: { lineStyle: { color: "#e8ecf0" } } };
  const theme = {
    color: ["#1d5fae", "#c98a00", "#0f8f8b", "#8a6bb8", "#b3261e", "#6b7782"],
    textStyle: { fontFamily: style.getPropertyValue("--tblr-font-sans-serif"), fontSize: 12, color: "#1c2733" },
    legend: { top: 0, right: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: "#1c2733" } },
    grid: { left: 4, right: 16, top: 36, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    line: { symbol: "circle", symbolSize: 6, smooth: false },
    bar: { itemStyle: { borderRadius: 0 }, barMaxWidth: 36 },
    tooltip: { confine: true, textStyle: { fontSize: 12 } },
    categoryAxis: axis, valueAxis: axis,
  };
  const charts = [];
  function ready(root) {
    root.querySelector(".field-wrong :is(input, select, textarea):not([type=hidden])")?.focus();
    root.querySelectorAll(".step-current").forEach((step) => { step.parentElement.scrollLeft = step.offsetLeft - 80; });
    if (!window.echarts) return;
    root.querySelectorAll("[data-chart]").forEach((box) => {
      if (window.echarts.getInstanceByDom(box)) return;
      const option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      const chart = window.echarts.init(box, theme, { renderer: "svg" });
      chart.setOption(option);
      charts.push(chart);
      chart.on("click", (point) => { if (point.data?.url) location.assign(point.data.url); });
    });
  }
  let waiting = 0;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => charts.forEach((chart) => chart.resize()), 100); });
  ready(document);
})();
