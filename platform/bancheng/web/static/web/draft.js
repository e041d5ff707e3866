/* What was typed survives a lost session: forms with data-draft="key" are kept in sessionStorage (this tab only,
   gone when it closes), per person, restored when the form comes back empty, and dropped when a page without errors follows. */
(() => {
  "use strict";
  const SKIP = new Set(["csrfmiddlewaretoken"]);
  const prefix = "draft:";
  const form = document.querySelector("form[data-draft]");
  const person = document.body.dataset.person ?? "";
  const keyOf = (element) => `${prefix}${person}:${location.pathname}:${element.dataset.draft}`;
  const inputs = (element) => [...element.elements].filter((input) => input.name && !SKIP.has(input.name) && !["submit", "button", "file", "password", "hidden"].includes(input.type));

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget-drafts]")) forget(() => true);
    else if (event.target.matches("form[data-draft]")) {
      save(event.target);
      sessionStorage.setItem("draft-sent", keyOf(event.target));
    }
  });
  if (person) forget((key) => !key.startsWith(`${prefix}${person}:`)); // somebody else's, on the same machine
  const sent = sessionStorage.getItem("draft-sent");
  if (sent && person) {
    sessionStorage.removeItem("draft-sent");
    if (!form || keyOf(form) !== sent) sessionStorage.removeItem(sent); // went through: another page followed
  }
  if (!form || !person) return;

  const wrong = form.querySelector(".field-wrong") || document.querySelector(".notice-red");
  const kept = sessionStorage.getItem(keyOf(form));
  if (kept && !wrong) restore(form, JSON.parse(kept));
  let waiting = 0;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => save(form), 300); });
  form.addEventListener("change", () => save(form));
  window.addEventListener("pagehide", () => { if (form.isConnected && !form.dataset.sending) save(form); });

  function save(element) {
    const values = {};
    for (const input of inputs(element)) {
      const value = ["checkbox", "radio"].includes(input.type) ? (input.checked ? input.value : null) : input.value;
      if (value !== null) (values[input.name] ??= []).push(value);
    }
    sessionStorage.setItem(keyOf(element), JSON.stringify(values));
  }
  function restore(element, values) {
    let changed = false;
    for (const input of inputs(element)) {
      const wanted = values[input.name] ?? [];
      if (["checkbox", "radio"].includes(input.type)) {
        const on = wanted.includes(input.value);
        changed ||= input.checked !== on;
        input.checked = on;
      } else if (wanted.length) {
        const value = wanted.shift();
        changed ||= input.value !== value;
        input.value = value;
      }
    }
    if (!changed) return;
    const note = document.createElement("p");
    note.className = "draft-note";
    note.setAttribute("role", "status");
    note.textContent = "已恢复上次未提交的内容。";
    const clear = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-link btn-sm", textContent: "清空重填" });
    clear.addEventListener("click", () => { sessionStorage.removeItem(keyOf(element)); element.reset(); note.remove(); });
    note.append(clear);
    element.prepend(note);
    element.dispatchEvent(new Event("draft-restored", { bubbles: true }));
  }
  function forget(which) {
    Object.keys(sessionStorage).filter((key) => key.startsWith(prefix) && which(key)).forEach((key) => sessionStorage.removeItem(key));
  }
})();
