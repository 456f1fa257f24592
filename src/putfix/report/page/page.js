"use strict";
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  const empty = document.querySelector(".empty");
  const status = form.querySelector("output");

  // What the filters compare, read once: the page does not change.
  const files = Array.from(document.querySelectorAll(".file"), (element) => {
    const path = element.querySelector("h3").textContent;
    const count = element.querySelector(".count");
    const blocks = Array.from(element.querySelectorAll(".block"), (block) => ({
      element: block,
      findings: Array.from(block.querySelectorAll(".finding"), (finding) => ({
        element: finding,
        code: finding.dataset.code.split(" "),
        evidence: finding.dataset.evidence,
        fix: finding.dataset.fix,
        text: `${path}\n${finding.textContent}`.toLowerCase(),
      })),
    }));
    const all = blocks.reduce((sum, block) => sum + block.findings.length, 0);
    return { element, folder: element.dataset.folder, blocks, all, count, whole: count.textContent };
  });
  const all = files.reduce((sum, file) => sum + file.all, 0);

  const filter = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const words = (wanted.text || "").toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (finding) =>
      (!wanted.code || finding.code.includes(wanted.code)) &&
      (!wanted.evidence || finding.evidence === wanted.evidence) &&
      (!wanted.fix || finding.fix === wanted.fix) &&
      words.every((word) => finding.text.includes(word));
    let shown = 0;
    let shownFiles = 0;
    for (const file of files) {
      const inside = !wanted.folder || file.folder.startsWith(wanted.folder);
      let here = 0;
      for (const block of file.blocks) {
        let some = false;
        for (const finding of block.findings) {
          const matching = inside && matches(finding);
          finding.element.hidden = !matching;
          here += matching;
          some = some || matching;
        }
        block.element.hidden = !some;
      }
      file.element.hidden = !here;
      file.count.textContent = here === file.all ? file.whole : `${here} of ${file.whole}`;
      shown += here;
      shownFiles += here > 0;
    }
    empty.hidden = shown > 0;
    status.textContent = `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} shown, in ${shownFiles.toLocaleString("en")} ${shownFiles === 1 ? "file" : "files"}`;
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  // A link into a file that is closed, or filtered away, shows what it leads to.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const file = target && target.closest(".file");
    if (!file) return;
    if (target.hidden) {
      form.reset();
      filter();
    }
    file.open = true;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  };

  form.hidden = false;
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("change", filter); // what chooses for a user may send no more than that
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".copy")) copy(button);
    if (button.matches(".toggle")) for (const file of files) file.element.open = button.dataset.open === "true";
  });
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => { for (const file of files) file.element.open = true; });
  filter();
  reveal();
})();
