// A picture of a model that can be moved, folded, searched and asked. `data` is what
// nndsl/drawing/page.py makes of a figure in which every block is open. Nothing is laid out anew
// here: what is folded leaves empty stripes, and those are made narrow, so nothing can come to lie
// upon anything else. All text gets into the page as text, never as markup.
"use strict";

const nndsl = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const HEAD = 24, PILE = 4, CORNER = 7, SIGN = 7;
  // Stripes in which nothing stands become so wide at most.
  const GAP_X = 32, GAP_Y = 26;

  const find = (id) => document.getElementById(id);

  function element(parent, name, attributes = {}, text = null) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== null) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function html(parent, name, className = "", text = null) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== null) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  // ---- Places

  // Return what maps a coordinate to where it is when the stripes between `solid` are narrow.
  function squeeze(solid, gap) {
    solid.sort((a, b) => a[0] - b[0]);
    const starts = [], shifts = [], scales = [];
    let end = solid.length ? solid[0][0] : 0, shift = -end;
    const piece = (start, scale) => { starts.push(start); shifts.push(shift); scales.push(scale); };
    piece(end, 1);
    for (const [low, high] of solid) {
      const free = low - end;
      if (free > gap) {
        piece(end, gap / free);
        shift -= free - gap;
        piece(low, 1);
      }
      end = Math.max(end, high);
    }
    const map = (value) => {
      let low = 0, high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= value) low = middle; else high = middle - 1;
      }
      return starts[low] + shifts[low] + (value - starts[low]) * scales[low];
    };
    return [map, map(end)];
  }

  function curve(points) {
    const toward = (at, other, length) => {
      const far = Math.hypot(other[0] - at[0], other[1] - at[1]) || 1;
      return [at[0] + (other[0] - at[0]) * length / far, at[1] + (other[1] - at[1]) * length / far];
    };
    const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
    let path = "M" + points[0].join(" ");
    for (let i = 1; i < points.length - 1; i++) {
      const radius = Math.min(CORNER, far(points[i - 1], points[i]) / 2, far(points[i], points[i + 1]) / 2);
      const start = toward(points[i], points[i - 1], radius);
      const end = toward(points[i], points[i + 1], radius);
      path += "L" + start.join(" ") + "Q" + points[i].join(" ") + " " + end.join(" ");
    }
    return path + "L" + points[points.length - 1].join(" ");
  }

  // ---- The picture

  let data, boxes, children, root, size, selected;
  const view = { x: 0, y: 0, scale: 1 };
  const closed = new Set();
  const svg = () => find("picture");

  const isOpen = (box) => box.form === "open" && !closed.has(box.key);
  const parentOf = (box) => boxes.get(box.parent);

  // Build the elements; they get their places in `arrange`.
  function build() {
    const canvas = svg();
    canvas.replaceChildren();
    root = element(canvas, "g");
    boxes = new Map(data.boxes.map((box) => [box.key, box]));
    children = new Map();
    for (const kind of ["wires", "labels", "boxes"]) {
      for (const one of data[kind]) {
        if (!children.has(one.parent)) children.set(one.parent, { wires: [], labels: [], boxes: [] });
        children.get(one.parent)[kind].push(one);
      }
    }
    buildInside("", root);
  }

  function buildInside(key, parent) {
    const level = inside(key);
    for (const wire of level.wires) {
      wire.line = element(parent, "path", { class: "w t" + wire.net });
      wire.end = element(parent, "path", { class: "a t" + wire.net });
    }
    for (const label of level.labels) {
      label.element = element(parent, "text", { class: "s" }, label.text);
    }
    for (const box of level.boxes) buildBox(box, parent);
  }

  function buildBox(box, parent) {
    const label = [box.title, box.name, ...box.facts.slice(1)].filter(Boolean).join(", ");
    box.element = element(parent, "g", { class: "box", id: box.key, tabindex: 0, "aria-label": label });
    box.element.dataset.name = box.name;
    element(box.element, "title", {}, box.facts.join("\n"));
    if (box.form !== "open") {
      for (const mark of box.marks) buildMark(mark, box.element);
      return;
    }
    box.inside = element(box.element, "g");
    box.frame = element(box.inside, "rect", { class: "open", rx: 8 });
    box.head = element(box.inside, "path", { class: "head" });
    element(box.inside, "text", { class: "b", x: 14, y: 16 }, box.title);
    box.badgeElement = element(box.inside, "text", { class: "b e", y: 16 }, box.badge);
    if (box.shared) box.second = element(box.inside, "rect", { class: "z f-shared", rx: 6 });
    box.content = element(box.inside, "g");
    buildInside(box.key, box.content);
    box.outside = element(box.element, "g");
    box.marksOutside = box.closed.marks.map((mark) => [mark, buildMark(mark, box.outside)]);
    box.sign = element(box.element, "g", { class: "sign" });
    element(box.sign, "circle", { r: SIGN });
    box.signWord = element(box.sign, "text", { class: "m", y: 4 }, "−");
  }

  function buildMark(mark, parent) {
    const [what, kind, x, y, ...rest] = mark;
    if (what === "circle") return element(parent, "circle", { class: kind, cx: x, cy: y, r: rest[0] });
    if (what === "words") return element(parent, "text", { class: kind, x, y }, rest[0]);
    return element(parent, "rect", { class: kind, x, y, width: rest[0], height: rest[1], rx: rest[2] });
  }

  const inside = (key) => children.get(key) || { wires: [], labels: [], boxes: [] };

  // Put everything where it belongs, with some blocks folded. Across, the whole picture is one; down,
  // each block is made as low as what is in it, as its lines leave it below wherever that is.
  function arrange() {
    for (const box of data.boxes) if (box.form === "open" && !isOpen(box)) box.now = foldedPlace(box);
    const solid = [];
    const height = lower("", solid);
    const [mapX, width] = squeeze(solid, GAP_X);
    size = [width, height];
    put("", 0, mapX);
  }

  // Make the inside of a block, or the whole, as low as can be; return how high it is. What takes
  // room across is added to `across`.
  function lower(key, across) {
    const level = inside(key), box = boxes.get(key);
    const down = box ? [[box.y, box.y + HEAD], [box.y + box.height - 1, box.y + box.height]] : [];
    for (const one of level.boxes) {
      one.bottom = one.y + one.height;
      if (isOpen(one)) {
        one.bottom = one.y + lower(one.key, across);
        across.push([one.x - SIGN, one.x + one.needed], [one.x + one.width - 14, one.x + one.width]);
      } else if (one.form === "open") {
        one.bottom = one.y + one.closed.height + PILE;
        across.push([one.now.x - SIGN, one.now.x + one.now.width + PILE]);
      } else {
        across.push([one.x, one.x + one.width]);
      }
      down.push([one.y, one.bottom]);
    }
    for (const wire of level.wires) {
      wire.now = pointsOf(wire);
      wire.now.forEach(([x, y], index) => {
        across.push([x - 4, x + 4]);
        if (index && wire.now[index - 1][1] === y) down.push([y - 4, y + 4]);
      });
    }
    for (const label of level.labels) {
      label.y2 = label.y - lift(boxes.get(label.source));
      if (!isWritten(label)) continue;
      across.push([label.x, label.x + label.width]);
      down.push([label.y2 - 9, label.y2 + 2]);
    }
    const [map, height] = squeeze(down, GAP_Y);
    level.map = map;
    return height;
  }

  // How much further up a box ends than in the whole picture.
  const lift = (box) => (box ? box.y + box.height - box.bottom : 0);
  const isWritten = (label) => !(label.folded && isOpen(boxes.get(label.source)));

  function put(key, top, mapX) {
    const level = inside(key), mapY = (y) => top + level.map(y);
    for (const box of level.boxes) {
      place(box, mapX, mapY);
      if (isOpen(box)) put(box.key, mapY(box.y), mapX);
    }
    for (const wire of level.wires) draw(wire, mapX, mapY);
    for (const label of level.labels) {
      label.element.setAttribute("x", mapX(label.x));
      label.element.setAttribute("y", mapY(label.y2));
      label.element.setAttribute("display", isWritten(label) ? "inline" : "none");
    }
  }

  // Where a folded block is: at the top of the open one, as wide as its lines need.
  function foldedPlace(box) {
    const ports = [];
    for (const wire of inside(box.parent).wires) {
      if (wire.source === box.key) ports.push(wire.points[0][0]);
      if (wire.target === box.key) ports.push(wire.points[wire.points.length - 1][0]);
    }
    const low = Math.min(...ports), high = Math.max(...ports);
    const wide = ports.length ? Math.max(box.closed.width, high - low + 24) : box.closed.width;
    const middle = ports.length ? (low + high) / 2 : box.x + box.width / 2;
    const most = box.x + box.width - wide - PILE;
    return { x: Math.max(box.x, Math.min(middle - wide / 2, most)), width: wide };
  }

  // The points of a line, which begins where its box ends.
  function pointsOf(wire) {
    const points = wire.points.map((point) => point.slice());
    points[0][1] -= lift(boxes.get(wire.source));
    return points;
  }

  function move(group, x, y) {
    group.setAttribute("transform", `translate(${x} ${y})`);
  }

  function place(box, mapX, mapY) {
    if (box.form !== "open") {
      box.at = [mapX(box.x), mapY(box.y), box.width, box.height];
      move(box.element, box.at[0] - box.x, box.at[1] - box.y);
      return;
    }
    const open = isOpen(box);
    box.inside.setAttribute("display", open ? "inline" : "none");
    box.outside.setAttribute("display", open ? "none" : "inline");
    box.signWord.textContent = open ? "−" : "+";
    box.element.setAttribute("aria-expanded", open);
    if (open) {
      const x = mapX(box.x), y = mapY(box.y);
      const wide = mapX(box.x + box.width) - x, high = mapY(box.bottom) - y;
      box.at = [x, y, wide, high];
      for (const [key, value] of Object.entries({ x, y, width: wide, height: high })) {
        box.frame.setAttribute(key, value);
      }
      if (box.second) {
        const sides = { x: x + 3, y: y + 3, width: wide - 6, height: high - 6 };
        for (const [key, value] of Object.entries(sides)) box.second.setAttribute(key, value);
      }
      box.head.setAttribute("d", `M${x} ${y + HEAD}v${8 - HEAD}q0 -8 8 -8h${wide - 16}q8 0 8 8v${HEAD - 8}z`);
      box.head.nextSibling.setAttribute("x", x + 14);
      box.head.nextSibling.setAttribute("y", y + 16);
      box.badgeElement.setAttribute("x", x + wide - 10);
      box.badgeElement.setAttribute("y", y + 16);
      move(box.sign, x, y + HEAD / 2);
      return;
    }
    const more = box.now.width - box.closed.width;
    box.at = [mapX(box.now.x), mapY(box.y), box.now.width, box.closed.height];
    for (const [mark, made] of box.marksOutside) {
      if (mark[0] === "rect") made.setAttribute("width", mark[4] + more);
      else made.setAttribute("x", mark[2] + more / 2);
    }
    move(box.outside, box.at[0] - box.closed.x, box.at[1] - box.closed.y);
    move(box.sign, box.at[0], box.at[1] + box.closed.height / 2);
  }

  function draw(wire, mapX, mapY) {
    const points = wire.now.map(([x, y]) => [mapX(x), mapY(y)]);
    const target = boxes.get(wire.target);
    const tip = wire.tip || (target && target.form === "open" && !isOpen(target));
    const [x, y] = points[points.length - 1];
    if (tip) points[points.length - 1] = [x, Math.max(y - 5, points[points.length - 2][1])];
    wire.line.setAttribute("d", curve(points));
    wire.end.setAttribute("d", tip ? `M${x - 3.4} ${y - 6.2}L${x} ${y}L${x + 3.4} ${y - 6.2}Z` : "");
  }

  // ---- What is seen of it

  function look() {
    root.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  }

  function fit() {
    const room = svg().getBoundingClientRect();
    const margin = 24;
    view.scale = Math.min((room.width - 2 * margin) / size[0], (room.height - 2 * margin) / size[1], 1.25);
    // What is long is read from its top.
    view.scale = Math.max(view.scale, Math.min(0.6, (room.width - 2 * margin) / size[0]), 0.02);
    view.x = (room.width - size[0] * view.scale) / 2;
    view.y = Math.max((room.height - size[1] * view.scale) / 2, margin);
    look();
  }

  function zoom(factor, x, y) {
    const scale = Math.max(0.02, Math.min(8, view.scale * factor));
    view.x = x - (x - view.x) * scale / view.scale;
    view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    look();
  }

  function zoomMiddle(factor) {
    const room = svg().getBoundingClientRect();
    zoom(factor, room.width / 2, room.height / 2);
  }

  // Bring a box into the middle, if it is not seen.
  function show(box) {
    const room = svg().getBoundingClientRect();
    const [x, y, width, height] = box.at;
    if (view.scale < 0.35) view.scale = 0.8;
    const left = x * view.scale + view.x, top = y * view.scale + view.y;
    const isSeen = left > 0 && top > 0 && left + Math.min(width, 60) * view.scale < room.width &&
      top + Math.min(height, 40) * view.scale < room.height;
    if (!isSeen) {
      view.x = room.width / 2 - (x + width / 2) * view.scale;
      view.y = room.height / 2 - (y + Math.min(height, 200) / 2) * view.scale;
    }
    look();
  }

  // ---- Folding

  function toggle(box) {
    if (box.form !== "open") return;
    const [x, y] = box.at;
    if (closed.has(box.key)) closed.delete(box.key); else closed.add(box.key);
    arrange();
    view.x += (x - box.at[0]) * view.scale; // it stays under the pointer
    view.y += (y - box.at[1]) * view.scale;
    look();
  }

  function toggleAll(fold) {
    for (const box of data.boxes) {
      if (box.form === "open") { if (fold) closed.add(box.key); else closed.delete(box.key); }
    }
    arrange();
    fit();
  }

  function reveal(box) {
    for (let around = parentOf(box); around; around = parentOf(around)) closed.delete(around.key);
    arrange();
    show(box);
  }

  // ---- Search

  let hits = [], hit = -1;

  function search(text) {
    for (const box of data.boxes) box.element.classList.remove("hit");
    const wanted = text.trim().toLowerCase();
    hits = wanted ? data.boxes.filter((box) => box.words.includes(wanted)) : [];
    hit = -1;
    for (const box of hits) box.element.classList.add("hit");
    find("found").textContent = wanted ? (hits.length ? `${hits.length} found` : "nothing found") : "";
  }

  function next(step) {
    if (!hits.length) return;
    hit = (hit + step + hits.length) % hits.length;
    find("found").textContent = `${hit + 1} of ${hits.length}`;
    reveal(hits[hit]);
    select(hits[hit]);
  }

  // ---- Details

  function select(box) {
    for (const marked of document.querySelectorAll(".selected, .related")) {
      marked.classList.remove("selected", "related");
    }
    selected = box;
    find("panel").hidden = !box;
    if (!box) return;
    box.element.classList.add("selected");
    if (box.shared) {
      for (const other of data.boxes) {
        if (other.shared === box.shared && other !== box) other.element.classList.add("related");
      }
    }
    for (const wire of data.wires) {
      if (wire.source === box.key || wire.target === box.key) {
        wire.line.classList.add("related");
        wire.end.classList.add("related");
      }
    }
    details(box);
  }

  function details(box) {
    const panel = find("details");
    panel.replaceChildren();
    html(panel, "h2", "", [box.title, box.badge].filter(Boolean).join(" "));
    for (const fact of box.facts) html(panel, "p", "", fact);
    if (box.form === "open") {
      html(panel, "button", "fold", isOpen(box) ? "Fold" : "Unfold").onclick = () => {
        toggle(box);
        details(box);
      };
    }
    box.places.forEach(([number, first], index) => {
      const word = index < box.places.length - 1 ? "applied in" : "in";
      const button = html(panel, "button", "place", `${word} ${data.sources[number].name}, line ${first}`);
      button.onclick = () => mark(box.places[index]);
    });
    if (box.places.length) mark(box.places[box.places.length - 1]);
  }

  let listed = -1;

  function mark([number, first, last]) {
    const source = find("source");
    if (listed !== number) {
      source.replaceChildren();
      data.sources[number].text.split("\n").forEach((line, index) => {
        const row = html(source, "div", "line");
        html(row, "span", "number", String(index + 1));
        html(row, "span", "code", line);
        row.onclick = () => selectLine(number, index + 1);
      });
      listed = number;
    }
    [...source.children].forEach((row, index) => {
      row.classList.toggle("marked", index + 1 >= first && index + 1 <= last);
    });
    source.children[first - 1].scrollIntoView({ block: "center" });
  }

  // Select what a line of the text makes: the smallest part that stands there.
  function selectLine(number, line) {
    let best = null, least = Infinity;
    for (const box of data.boxes) {
      const place = box.places[box.places.length - 1];
      if (!place || place[0] !== number || line < place[1] || line > place[2]) continue;
      if (place[2] - place[1] < least) { best = box; least = place[2] - place[1]; }
    }
    if (best) { reveal(best); select(best); }
  }

  // ---- What the reader does

  function boxAt(target) {
    const group = target.closest ? target.closest(".box") : null;
    return group ? boxes.get(group.id) : null;
  }

  function listen() {
    const canvas = svg(), pointers = new Map();
    let moved = 0;
    const place = (event) => {
      const room = canvas.getBoundingClientRect();
      return [event.clientX - room.left, event.clientY - room.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      if (!pointers.size) moved = 0;
      pointers.set(event.pointerId, place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return;
      const before = pointers.get(event.pointerId), now = place(event);
      const others = [...pointers.entries()].filter(([id]) => id !== event.pointerId);
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (moved > 4 && !canvas.hasPointerCapture(event.pointerId)) canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, now);
      if (others.length) { // two fingers
        const still = others[0][1];
        const far = (point) => Math.hypot(point[0] - still[0], point[1] - still[1]) || 1;
        zoom(far(now) / far(before), still[0], still[1]);
      } else if (moved > 4) {
        view.x += now[0] - before[0];
        view.y += now[1] - before[1];
        look();
      }
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
    }
    canvas.addEventListener("click", (event) => {
      if (moved > 4) return;
      const box = boxAt(event.target);
      if (box && event.target.closest(".sign")) toggle(box); else select(box);
    });
    canvas.addEventListener("dblclick", (event) => {
      const box = boxAt(event.target);
      if (box && !event.target.closest(".sign")) toggle(box);
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode ? 30 : 1;
      zoom(Math.exp(-event.deltaY * lines * 0.0015), ...place(event));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const box = boxAt(event.target);
      if (!box || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      if (event.key === " ") toggle(box); else select(box);
    });
    document.addEventListener("keydown", (event) => {
      if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
      const keys = { "+": () => zoomMiddle(1.25), "-": () => zoomMiddle(0.8), 0: fit, "/": () => find("search").focus(),
        Escape: () => select(null) };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    find("search").addEventListener("input", (event) => search(event.target.value));
    find("search").addEventListener("keydown", (event) => {
      if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") { event.target.value = ""; search(""); event.target.blur(); }
    });
    find("fold").onclick = () => toggleAll(true);
    find("unfold").onclick = () => toggleAll(false);
    find("larger").onclick = () => zoomMiddle(1.25);
    find("smaller").onclick = () => zoomMiddle(0.8);
    find("fit").onclick = fit;
    find("close").onclick = () => select(null);
    window.addEventListener("resize", () => { if (!data) return; look(); });
  }

  // ---- Beginning

  // Show a picture; what is folded, seen and searched for stays, where the boxes are the same.
  function open(given) {
    const before = data ? new Map(data.boxes.map((box) => [box.name, closed.has(box.key)])) : new Map();
    const chosen = selected && selected.name;
    data = given;
    closed.clear();
    listed = -1;
    for (const box of data.boxes) {
      box.words = [box.title, ...box.facts].join("\n").toLowerCase();
      if (box.form === "open" && (before.get(box.name) ?? box.isClosed)) closed.add(box.key);
    }
    find("title").textContent = data.title;
    find("subtitle").textContent = data.subtitle;
    const legend = find("legend");
    legend.replaceChildren();
    for (const [family, title] of data.legend) {
      const entry = html(legend, "span", "entry");
      const sample = element(entry, "svg", { width: 14, height: 14 });
      element(sample, "rect", { class: "n f-" + family, x: 1, y: 1, width: 12, height: 12, rx: 3 });
      if (family === "shared") {
        element(sample, "rect", { class: "z f-shared", x: 3.5, y: 3.5, width: 7, height: 7, rx: 1.5 });
      }
      html(entry, "span", "", title);
    }
    build();
    arrange();
    if (before.size) look(); else fit();
    select(data.boxes.find((box) => box.name === chosen) || null);
    search(find("search").value);
    document.documentElement.dataset.ready = "yes";
  }

  return { open, listen };
})();
