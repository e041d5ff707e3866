/* A file that is too large is told at once, before it is on its way: inputs with data-max-bytes="…" and
   data-too-large="sentence". The server judges again. Loaded before app.js, so that a form held back shows no progress. */
(() => {
  "use strict";
  const tooLarge = (input) => [...input.files].reduce((sum, file) => sum + file.size, 0) > Number(input.dataset.maxBytes);

  function say(input, sentence) {
    const field = input.closest(".field") ?? input.parentElement;
    field.querySelectorAll(".field-error").forEach((told) => told.remove());
    field.classList.toggle("field-wrong", Boolean(sentence));
    input.classList.toggle("is-invalid", Boolean(sentence));
    if (!sentence) return;
    const told = document.createElement("div");
    told.className = "field-error";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    input.insertAdjacentElement("afterend", told);
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file][data-max-bytes]")) return;
    say(event.target, tooLarge(event.target) ? event.target.dataset.tooLarge : "");
  });
  document.addEventListener("submit", (event) => {
    const wrong = [...event.target.elements].find((input) => input.matches("input[type=file][data-max-bytes]") && tooLarge(input));
    if (!wrong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(wrong, wrong.dataset.tooLarge);
    wrong.focus();
  }, true);
})();
