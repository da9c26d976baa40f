"use strict";
(() => {
  const KEY = "bangfu-lang", root = document.documentElement;

  // Some browsers keep no storage for a page opened from disk; the window's name outlives a reload everywhere.
  const remember = (lang) => {
    try { localStorage.setItem(KEY, lang); } catch { /* the name below does */ }
    window.name = KEY + "=" + lang;
  };
  const remembered = () => {
    let lang = null;
    try { lang = localStorage.getItem(KEY); } catch { /* the name below does */ }
    if (!lang && window.name.startsWith(KEY + "=")) lang = window.name.slice(KEY.length + 1);
    return lang;
  };
  const current = () => (root.lang === "zh-CN" ? "zh" : "en");
  const use = (lang) => {
    root.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = document.body.dataset[lang === "zh" ? "titleZh" : "titleEn"];
    for (const button of document.querySelectorAll("[data-lang]"))
      button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  };
  const wanted = () => {
    if (location.hash === "#zh" || location.hash === "#en") return location.hash.slice(1);
    const kept = remembered();
    if (kept === "zh" || kept === "en") return kept;
    return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  };
  use(wanted());
  window.addEventListener("hashchange", () => {
    if (location.hash === "#zh" || location.hash === "#en") use(wanted());
  });
  for (const button of document.querySelectorAll("[data-lang]"))
    button.addEventListener("click", () => {
      // stay at the same figure although the other language has other lengths
      const seen = [...document.querySelectorAll("article")].find((a) => a.getBoundingClientRect().bottom > 0);
      const before = seen && seen.getBoundingClientRect().top;
      use(button.dataset.lang);
      remember(button.dataset.lang);
      if (seen && before < 0) window.scrollBy(0, seen.getBoundingClientRect().top - before);
    });

  const whole = (article) => {
    const svg = article.querySelector("." + current() + " svg").cloneNode(true);
    const used = new Set([...svg.querySelectorAll("use")].map((u) => u.getAttribute("href").slice(1)));
    const defs = document.createElementNS("http://www.w3.org/2000/svg", "defs");
    for (const id of used) defs.append(document.getElementById(id).cloneNode(true));
    svg.insertBefore(defs, svg.children[2]);
    const box = svg.dataset.whole.split(" ");
    svg.setAttribute("viewBox", svg.dataset.whole);
    svg.removeAttribute("data-whole");
    svg.setAttribute("width", box[2] + "pt");
    svg.setAttribute("height", box[3] + "pt");
    const text = '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(svg);
    return { blob: new Blob([text], { type: "image/svg+xml" }), width: Number(box[2]), height: Number(box[3]) };
  };
  const picture = async (article) => {
    const { blob, width, height } = whole(article);
    const address = URL.createObjectURL(blob), image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas"), scale = 3;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(address);
    return new Promise((done, failed) => canvas.toBlob((b) => (b ? done(b) : failed(new Error("no picture")))));
  };
  const make = {
    svg: (article) => whole(article).blob,
    png: picture,
    // the mark in front tells a spreadsheet that the text is UTF-8
    csv: (article) => new Blob(["\ufeff" + article.querySelector("pre.csv").textContent], { type: "text/csv" }),
  };
  for (const button of document.querySelectorAll("[data-save]"))
    button.addEventListener("click", async () => {
      const kind = button.dataset.save, article = button.closest("article");
      const name = button.dataset.name + (kind === "csv" ? "" : "." + current()) + "." + kind;
      const said = article.querySelector(".said"), words = document.body.dataset;
      try {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(await make[kind](article));
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
        said.textContent = name + " " + (current() === "zh" ? words.savedZh : words.savedEn);
      } catch {
        said.textContent = current() === "zh" ? words.failedZh : words.failedEn;
      }
    });
})();
