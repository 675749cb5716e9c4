// Shows what belongs together, searches, moves by keys. The page is read
// without it too: every box is a link to its part of the document.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const boxes = new Map(all(".box").map((box) => [box.dataset.id, box]));
  const lines = all(".line[data-from]");
  const articles = all("article");
  const search = byId("search");
  let current = articles[0];
  const scales = new Map();

  // A line is about a stage when one of its steps has it.
  const belongs = (end, id) => end === id || end.startsWith(id + "_");

  function choose(id) {
    for (const one of all(".chosen, .near, .on")) one.classList.remove("chosen", "near", "on");
    for (const graph of all(".graph")) graph.classList.remove("asked");
    const [box, part] = [boxes.get(id), byId(id)];
    if (part) part.classList.add("chosen");
    if (!box) return;
    box.classList.add("chosen");
    const graph = box.closest("svg");
    graph.classList.add("asked");
    for (const line of lines) {
      const { from, to } = line.dataset;
      if (!belongs(from, id) && !belongs(to, id)) continue;
      line.classList.add("on");
      // Over the others, which share its way.
      line.parentNode.append(line);
      const other = belongs(from, id) ? to : from;
      if (boxes.has(other)) boxes.get(other).classList.add("near");
    }
  }

  // Only where the details scroll by themselves: a page must not jump.
  function showPart(id) {
    const part = byId(id);
    const details = part && part.closest(".details");
    if (details && getComputedStyle(details).overflowY === "auto") details.scrollTop = part.offsetTop - 12;
  }

  function showBox(id) {
    const box = boxes.get(id);
    if (!box) return;
    const pane = box.closest(".scroll");
    const [at, frame] = [box.getBoundingClientRect(), pane.getBoundingClientRect()];
    if (at.left < frame.left || at.right > frame.right) pane.scrollLeft += at.left - frame.left - (frame.width - at.width) / 2;
    if (at.top < frame.top || at.bottom > frame.bottom) pane.scrollTop += at.top - frame.top - frame.height / 3;
  }

  function showArticle(article) {
    current = article;
    for (const one of articles) one.hidden = one !== article;
    for (const tab of all("nav a")) {
      if (tab.hash === "#" + article.id) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    if (!scales.has(article)) {
      fit(0.8);
      showBox(article.querySelector(".result .name").dataset.id);
    }
    find();
  }

  function scale(size) {
    const graph = current.querySelector(".graph");
    const { width, height } = graph.viewBox.baseVal;
    size = Math.min(2, Math.max(0.25, size));
    scales.set(current, size);
    graph.setAttribute("width", Math.round(width * size));
    graph.setAttribute("height", Math.round(height * size));
  }

  // The whole picture, unless that makes it smaller than `least`.
  function fit(least) {
    const room = current.querySelector(".scroll").clientWidth - 24;
    const whole = Math.min(1, room / current.querySelector(".graph").viewBox.baseVal.width);
    scale(whole < least ? 1 : whole);
  }

  function find() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const graph = current.querySelector(".graph");
    graph.classList.toggle("searched", words.length > 0);
    let found = 0;
    for (const part of all(".part", current)) {
      const text = part.textContent.toLowerCase();
      const hit = words.every((word) => text.includes(word));
      part.hidden = !hit;
      if (boxes.has(part.id)) boxes.get(part.id).classList.toggle("hit", hit);
      if (hit) found += 1;
    }
    for (const head of all("h2", current)) {
      let next = head.nextElementSibling;
      while (next && next.hidden) next = next.nextElementSibling;
      head.hidden = !next || next.tagName === "H2";
    }
    byId("found").textContent = words.length ? found + " found" : "";
  }

  // Along lines with left and right, through a picture from top to bottom else.
  function neighbour(id, key) {
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const [here, there] = key === "ArrowLeft" ? ["to", "from"] : ["from", "to"];
      const line = lines.find((one) => belongs(one.dataset[here], id));
      if (line) return line.dataset[there];
      return id.includes("_") ? neighbour(id.split("_")[0], key) : undefined;
    }
    const ids = all(".box", current).map((box) => box.dataset.id);
    return ids[ids.indexOf(id) + (key === "ArrowDown" ? 1 : -1)];
  }

  function followHash() {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    const article = target && target.closest("article");
    if (!article) return;
    if (article !== current) showArticle(article);
    if (target.hidden) { search.value = ""; find(); }
    choose(target.id);
    showPart(target.id);
    showBox(target.id);
  }

  document.addEventListener("focusin", (event) => {
    const box = event.target.closest && event.target.closest(".box");
    if (!box) return;
    choose(box.dataset.id);
    showPart(box.dataset.id);
    showBox(box.dataset.id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.activeElement && document.activeElement.closest(".box");
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape") {
      search.value = "";
      find();
      choose("");
    } else if (box && event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = boxes.get(neighbour(box.dataset.id, event.key));
      if (next) next.focus();
    }
  });
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    const hit = event.key === "Enter" && current.querySelector(".box.hit");
    if (hit) hit.focus();
  });
  byId("smaller").addEventListener("click", () => scale(scales.get(current) / 1.2));
  byId("larger").addEventListener("click", () => scale(scales.get(current) * 1.2));
  byId("fit").addEventListener("click", () => fit(0));
  addEventListener("hashchange", followHash);

  byId("tools").hidden = false;
  showArticle(articles[0]);
  followHash();
})();
