/* What was typed survives a lost session: forms with data-draft="key" are kept in sessionStorage (this tab only, gone
   when it closes), per person; a key that is an address is the same on every page, so the form of an act finds in the
   dialog what was typed on its page. A draft is dropped once its form went through: the next page knows the person and
   shows the form without errors, or not at all. The login page and the error pages know no person, so they keep it;
   and a dialog that was sent off into a lost session opens again where it had been. Files cannot be kept. */
(() => {
  "use strict";
  const PREFIX = "draft:";
  const SENT = "draft-sent";
  const DIALOG = "draft-dialog";
  const LEFT_OUT = new Set(["submit", "button", "file", "password", "hidden"]);
  const person = document.body.dataset.person ?? "";
  const nameOf = (form) => (form.dataset.draft.startsWith("/") ? form.dataset.draft : `${location.pathname}:${form.dataset.draft}`);
  const keyOf = (form) => `${PREFIX}${person}:${nameOf(form)}`;
  const inputsOf = (form) => [...form.elements].filter((input) => input.name && !LEFT_OUT.has(input.type));
  const choice = (input) => input.type === "checkbox" || input.type === "radio";
  const hasErrors = (form) => Boolean(form.querySelector(".field-wrong, .notice-red"));
  const here = () => location.pathname + location.search;
  const known = new WeakSet();

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-forget-drafts]")) forget(() => true);
    else if (event.target.matches("form[data-draft]")) {
      save(event.target);
      sessionStorage.setItem(SENT, keyOf(event.target));
      if (event.target.closest("dialog")) sessionStorage.setItem(DIALOG, JSON.stringify([here(), event.target.dataset.draft]));
    }
  });

  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (!person) return;
  forget((key) => !key.startsWith(`${PREFIX}${person}:`)); // somebody else's, on the same machine
  const forms = [...document.querySelectorAll("form[data-draft]")];
  const again = forms.find((form) => keyOf(form) === sent);
  if (sent && !(again && hasErrors(again))) sessionStorage.removeItem(sent);
  forms.forEach(adopt);
  document.addEventListener("htmx:afterSwap", () => document.querySelectorAll("form[data-draft]").forEach(adopt));
  reopen();

  function adopt(form) {
    if (known.has(form)) return;
    known.add(form);
    const kept = sessionStorage.getItem(keyOf(form));
    if (kept && !hasErrors(form)) restore(form, JSON.parse(kept));
    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { waiting = 0; save(form); }, 300);
    });
    form.addEventListener("change", () => save(form));
    const leave = () => { if (waiting) { clearTimeout(waiting); waiting = 0; save(form); } }; // within the 300 ms
    window.addEventListener("pagehide", leave);
    form.closest("dialog")?.addEventListener("close", leave, { once: true });
  }

  function reopen() {
    const [page, act] = JSON.parse(sessionStorage.getItem(DIALOG) ?? "[]");
    sessionStorage.removeItem(DIALOG);
    if (page !== here() || !sessionStorage.getItem(`${PREFIX}${person}:${act}`)) return;
    window.htmx?.ajax("GET", act, { target: "#dialog-body" });
  }

  function save(form) {
    const values = {};
    for (const input of inputsOf(form)) {
      const value = choice(input) ? (input.checked ? input.value : null) : input.value;
      if (value !== null) (values[input.name] ??= []).push(value);
    }
    sessionStorage.setItem(keyOf(form), JSON.stringify(values));
  }

  function restore(form, values) {
    let changed = false;
    for (const input of inputsOf(form)) {
      const wanted = values[input.name] ?? [];
      if (choice(input)) {
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
    const files = form.querySelector("input[type=file]") ? "文件不能保存，请重新选择。" : "";
    note.textContent = `已恢复上次未提交的内容。${files}`;
    const clear = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-link btn-sm", textContent: "清空重填" });
    clear.addEventListener("click", () => { sessionStorage.removeItem(keyOf(form)); form.reset(); note.remove(); });
    note.append(clear);
    form.prepend(note);
    form.dispatchEvent(new Event("draft-restored", { bubbles: true }));
  }

  function forget(which) {
    Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && which(key)).forEach((key) => sessionStorage.removeItem(key));
  }
})();
