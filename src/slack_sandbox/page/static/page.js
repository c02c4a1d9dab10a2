// The page of the local workspace. The server draws every region; this script exchanges what
// changed, reads what people enter, and hands it to the server. No framework, no build.
"use strict";

(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const me = document.body.dataset.as;
  const wide = matchMedia("(min-width: 800px)");
  const SVG = "http://www.w3.org/2000/svg";

  function make(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(key, "");
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `/client/static/sprite.svg#i-${name}`);
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  }

  const words = (text) => (typeof text === "string" ? text : text?.text ?? "");

  // ---- Talking to the server -------------------------------------------------------------

  const told = new Set();

  async function call(doing, asked, files = []) {
    const form = new FormData();
    form.append("asked", JSON.stringify(asked));
    for (const [field, file] of files) form.append(field, file, file.name);
    try {
      const answer = await fetch(`/client/do/${doing}?as=${encodeURIComponent(me)}`, {
        method: "POST",
        headers: { "X-Page": "1" },
        body: form,
      });
      const said = await answer.json();
      if (said.failed) {
        told.add(said.failed);
        setTimeout(() => told.delete(said.failed), 2000);
      }
      return said;
    } catch {
      return { failed: "The workspace cannot be reached. Nothing was changed." };
    }
  }

  let wanted = false;
  let running = null;

  function refresh() {
    wanted = true;
    running ??= (async () => {
      while (wanted) {
        wanted = false;
        await load(location.href, true);
      }
      running = null;
    })();
    return running;
  }

  // A browser makes a click of a press and a release on the same thing: what is being pressed must
  // not be exchanged in between.
  let released = null;
  let release = () => {};

  addEventListener("pointerdown", () => {
    released ??= new Promise((resolve) => {
      release = () => {
        released = null;
        resolve();
      };
      setTimeout(release, 3000);
    });
  }, true);
  for (const kind of ["pointerup", "pointercancel", "blur"]) {
    // Not at once: the click itself comes after the release.
    addEventListener(kind, (event) => {
      if (kind !== "blur" || event.target === window) setTimeout(() => release(), 0);
    }, true);
  }

  let visits = 0;

  async function load(url, isRefresh) {
    const visit = isRefresh ? visits : ++visits;
    const headers = { "X-Regions": "1", ...(isRefresh ? { "X-Refresh": "1" } : {}) };
    let data;
    try {
      const answer = await fetch(url, { headers });
      data = await answer.json();
    } catch {
      data = { failed: "The workspace cannot be reached." };
    }
    await released;
    // A person who went on meanwhile must not be pulled back.
    if (visit !== visits || (isRefresh && url !== location.href)) return false;
    if (!data.regions) {
      if (!isRefresh) toast(data.failed ?? "This cannot be shown.", "error");
      return false;
    }
    if (!isRefresh && url !== location.href) history.pushState(null, "", url);
    show(data);
    return true;
  }

  function show(data) {
    document.title = data.title;
    document.body.dataset.screen = data.screen;
    for (const [name, html] of Object.entries(data.regions)) {
      const region = document.getElementById(name);
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      const pinned = $$(".stick", region).filter(atBottom);
      morphChildren(region, fresh.content);
      for (const scroll of pinned) if (scroll.isConnected) toBottom(scroll);
    }
    enhance();
  }

  const atBottom = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 80;
  const toBottom = (node) => { node.scrollTop = node.scrollHeight; };

  // The newest message stays in view when pictures load or the composer grows.
  function stick(node) {
    let pinned = true;
    toBottom(node);
    node.addEventListener("scroll", () => { pinned = atBottom(node); }, { passive: true });
    const watch = new ResizeObserver(() => { if (pinned) toBottom(node); });
    watch.observe(node);
    watch.observe(node.querySelector(".messages"));
  }

  // ---- Exchanging only what changed ------------------------------------------------------
  // Nodes with the same data-key are the same thing and stay in the document, so whatever a
  // person typed, chose or focused inside them stays too. [data-own] belongs to this script.

  const KEPT = new Set(["aria-busy", "data-busy", "aria-invalid", "inert"]);
  const FIELDS = new Set(["INPUT", "TEXTAREA", "SELECT", "OPTION"]);
  const FIELD_STATE = new Set(["value", "checked", "selected"]);

  const keyOf = (node) => (node.nodeType === 1 ? node.dataset.key || node.id || null : null);
  const isOurs = (node) => node.nodeType === 1 && node.hasAttribute("data-client");

  function morphChildren(old, fresh) {
    const keys = new Set([...fresh.children].map(keyOf).filter(Boolean));
    const known = new Map();
    for (const child of [...old.children]) {
      const key = keyOf(child);
      if (!key) continue;
      if (keys.has(key)) known.set(key, child);
      else child.remove();
    }
    let cursor = old.firstChild;
    for (const want of [...fresh.childNodes]) {
      while (cursor && isOurs(cursor)) cursor = cursor.nextSibling;
      const key = keyOf(want);
      let match = key ? known.get(key) : null;
      if (!key && cursor && !keyOf(cursor) && cursor.nodeName === want.nodeName) match = cursor;
      if (!match || match.nodeName !== want.nodeName) {
        old.insertBefore(want, cursor);
        continue;
      }
      known.delete(key);
      if (match === cursor) cursor = cursor.nextSibling;
      else old.insertBefore(match, cursor);
      morphNode(match, want);
    }
    while (cursor) {
      const next = cursor.nextSibling;
      if (!isOurs(cursor)) cursor.remove();
      cursor = next;
    }
  }

  function morphNode(old, want) {
    if (old.nodeType !== 1) {
      if (old.nodeValue !== want.nodeValue) old.nodeValue = want.nodeValue;
      return;
    }
    if (old.hasAttribute("data-own")) return;
    const same = old.dataset.rev !== undefined && old.dataset.rev === want.dataset.rev;
    morphAttributes(old, want);
    if (same || old.nodeName === "TEXTAREA") return;
    const value = old.nodeName === "SELECT" ? old.value : null;
    morphChildren(old, want);
    if (value !== null && [...old.options].some((one) => one.value === value)) old.value = value;
  }

  function morphAttributes(old, want) {
    const skip = (name) =>
      KEPT.has(name) ||
      (FIELDS.has(old.nodeName) && FIELD_STATE.has(name) && !(old.nodeName === "OPTION" && name === "value")) ||
      (name === "open" && old.hasAttribute("data-keep-open"));
    for (const { name, value } of [...want.attributes]) {
      if (!skip(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (!skip(name) && !want.hasAttribute(name)) old.removeAttribute(name);
    }
  }

  // ---- Whatever is new in the document ---------------------------------------------------

  const seen = new WeakSet();
  const drafts = new Map();

  function enhance() {
    const fresh = (selector) => $$(selector).filter((node) => !seen.has(node) && seen.add(node));
    for (const node of fresh(".picker")) pickers.set(node, new Picker(node));
    for (const node of fresh(".files")) fileLists.set(node, new FileList(node));
    for (const node of fresh(".stick")) stick(node);
    for (const node of fresh("form.composer")) {
      const text = $("textarea", node);
      text.value = drafts.get(node.parentElement.dataset.key) ?? "";
      grow(text);
    }
    const layers = $$(".modal-layer");
    $("#frame").inert = layers.length > 0;
    for (const layer of fresh(".modal-layer")) {
      ($("[data-focus]", layer) ?? $("form", layer)).focus({ preventScroll: true });
    }
  }

  // ---- Reading fields --------------------------------------------------------------------

  const pickers = new WeakMap();
  const fileLists = new WeakMap();
  const PUSHED = new Set(["button", "icon_button", "feedback_buttons", "overflow", "workflow_button"]);

  function read(field) {
    const kind = field.dataset.kind;
    if (pickers.has(field)) return pickers.get(field).value();
    if (kind === "checkboxes") return $$("input:checked", field).map((box) => box.value);
    if (kind === "radio_buttons") return $("input:checked", field)?.value ?? null;
    if (kind === "datetimepicker") return field.value ? { local: field.value } : null;
    if (kind === "file_input") return null;
    return field.value || null;
  }

  function collect(root) {
    const state = {};
    for (const field of $$("[data-kind]", root)) {
      const { kind, blockId, actionId } = field.dataset;
      if (!PUSHED.has(kind) && kind !== "file_input") (state[blockId] ??= {})[actionId] = read(field);
    }
    return state;
  }

  const holderOf = (node) => node.closest(".modal-layer, .home-view, article.message");

  function containerOf(node) {
    const holder = holderOf(node);
    if (holder.dataset.viewId) return { type: "view", view_id: holder.dataset.viewId };
    const { ts, channel } = holder.dataset;
    const type = "ephemeral" in holder.dataset ? "ephemeral" : "message";
    return { type, channel_id: channel, ts };
  }

  // ---- Acting ----------------------------------------------------------------------------

  function busy(node, on) {
    node.toggleAttribute("data-busy", on);
    if (on) node.setAttribute("aria-busy", "true");
    else node.removeAttribute("aria-busy");
  }

  function note(field, text) {
    const block = field.closest(".block") ?? field.parentElement;
    const line = make("p", { class: "app-failed", role: "alert", "data-client": true }, icon("warn"), text);
    block.append(line);
    return line;
  }

  async function act(field, choice) {
    if (field.hasAttribute("data-busy")) return;
    if (field.dataset.confirm && !(await confirmed(JSON.parse(field.dataset.confirm)))) {
      undo(field);
      return;
    }
    for (const old of $$(".app-failed", holderOf(field))) old.remove();
    busy(field, true);
    const { blockId, actionId } = field.dataset;
    const answer = await call("action", {
      container: containerOf(field),
      block_id: blockId,
      action_id: actionId,
      choice,
      state: collect(holderOf(field)),
    });
    busy(field, false);
    const line = answer.failed && field.isConnected ? note(field, answer.failed) : null;
    settled.set(field, choice);
    await refresh();
    // A redraw may have taken the line away with what was clicked.
    if (answer.failed && !line?.isConnected) toast(answer.failed, "error");
  }

  const settled = new WeakMap();

  function undo(field) {
    if (field.nodeName === "SELECT") {
      const first = [...field.options].find((one) => one.defaultSelected)?.value ?? "";
      field.value = settled.get(field) ?? first;
    }
    for (const box of $$("input[type=checkbox], input[type=radio]", field)) box.checked = box.defaultChecked;
  }

  function confirmed(ask) {
    const dialog = $("#confirm");
    const [deny, confirm] = $$("button", dialog);
    $("#confirm-title").textContent = words(ask.title) || "Are you sure?";
    $("#confirm-text").textContent = words(ask.text);
    deny.textContent = words(ask.deny) || "Cancel";
    confirm.textContent = words(ask.confirm) || "Yes";
    confirm.className = ask.style === "danger" ? "btn btn-danger solid" : "btn btn-primary";
    dialog.returnValue = "";
    dialog.showModal();
    confirm.focus();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
    });
  }

  // ---- Pickers: search and pick, one or many ---------------------------------------------

  class Picker {
    constructor(root) {
      this.root = root;
      this.input = $(".picker-input", root);
      this.list = $(".picker-list", root);
      this.chips = $(".picker-chips", root);
      this.clear = $(".picker-clear", root);
      this.many = "many" in root.dataset;
      this.chosen = JSON.parse(root.dataset.initial || "[]");
      this.asked = 0;
      this.active = -1;
      this.clear.setAttribute("aria-label", "Clear");
      this.input.addEventListener("focus", () => { this.input.select(); this.open(""); });
      this.input.addEventListener("click", () => { if (this.list.hidden) this.open(""); });
      this.input.addEventListener("input", () => this.soon());
      this.input.addEventListener("blur", () => this.close());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => this.clicked(event));
      this.clear.addEventListener("click", () => this.set([]));
      this.draw();
    }

    get remote() { return !("offers" in this.root.dataset); }

    value() {
      const plain = this.chosen.map((one) => (this.remote ? { text: one.text, value: one.value } : one.value));
      return this.many ? plain : plain[0] ?? null;
    }

    set(chosen) {
      this.chosen = chosen;
      this.draw();
      if ("dispatch" in this.root.dataset) act(this.root, this.value());
    }

    draw() {
      this.chips.replaceChildren();
      if (this.many) {
        for (const one of this.chosen) {
          const drop = make("button", { type: "button", "aria-label": `Remove ${words(one.text)}` }, icon("close"));
          drop.addEventListener("click", () => this.toggle(one));
          this.chips.append(make("span", { class: "chip" }, words(one.text), drop));
        }
        this.input.value = "";
      } else {
        this.input.value = words(this.chosen[0]?.text);
      }
      this.clear.hidden = this.many || !this.chosen.length;
    }

    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.open(this.input.value), this.remote ? 120 : 0);
    }

    async open(typed) {
      const ticket = ++this.asked;
      const answer = this.remote ? await this.ask(typed) : this.filter(typed);
      await released;
      if (ticket !== this.asked || document.activeElement !== this.input) return;
      this.fill(answer);
    }

    async ask(typed) {
      const least = Number(this.root.dataset.minQuery ?? 3);
      if (typed.length < least) return { note: `Type at least ${least} letter${least === 1 ? "" : "s"} to search` };
      this.fill({ note: "Searching…" });
      const { blockId, actionId } = this.root.dataset;
      const container = containerOf(this.root);
      return call("options", { container, block_id: blockId, action_id: actionId, typed });
    }

    filter(typed) {
      const needle = typed.toLowerCase();
      const offers = JSON.parse(this.root.dataset.offers);
      return { options: offers.filter((one) => words(one.text).toLowerCase().includes(needle)) };
    }

    fill(answer) {
      this.active = -1;
      this.shown = [];
      this.list.replaceChildren();
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      const says = answer.note ?? answer.failed;
      if (says || answer.min_query_length) {
        const text = says ?? `Type at least ${answer.min_query_length} letters to search`;
        const css = answer.failed ? "picker-note failed" : "picker-note";
        this.list.append(make("li", { class: css, role: "presentation" }, text));
        return;
      }
      const groups = answer.option_groups ?? [{ options: answer.options ?? [] }];
      for (const group of groups) {
        if (group.label) this.head(words(group.label));
        let last = null;
        for (const one of group.options) {
          if (one.group && one.group !== last) this.head((last = one.group));
          this.row(one);
        }
      }
      if (!this.shown.length) this.list.append(make("li", { class: "picker-note", role: "presentation" }, "No matches"));
      if (!wide.matches) this.root.scrollIntoView({ block: "start", behavior: "smooth" });
    }

    head(text) { this.list.append(make("li", { class: "picker-head", role: "presentation" }, text)); }

    row(one) {
      const chosen = this.chosen.some((other) => other.value === one.value);
      const more = one.description ? make("small", {}, words(one.description)) : null;
      const id = `${this.list.id}-${this.shown.length}`;
      const label = make("span", {}, words(one.text), more);
      this.list.append(make("li", { role: "option", id, "aria-selected": String(chosen), class: "picker-option" }, label, chosen ? icon("check") : null));
      this.shown.push(one);
    }

    clicked(event) {
      const row = event.target.closest("[role=option]");
      if (row) this.pick(this.shown[Number(row.id.split("-").pop())]);
    }

    pick(one) {
      if (this.many) this.toggle(one);
      else {
        this.set([one]);
        this.close();
      }
    }

    toggle(one) {
      const without = this.chosen.filter((other) => other.value !== one.value);
      const most = Number(this.root.dataset.max || Infinity);
      if (without.length < this.chosen.length) this.set(without);
      else if (this.chosen.length < most) this.set([...this.chosen, one]);
      else toast(`At most ${most} can be chosen here.`, "error");
      if (!this.list.hidden) this.open("");
    }

    close() {
      this.asked += 1;
      clearTimeout(this.timer);
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      this.input.value = this.many ? "" : words(this.chosen[0]?.text);
    }

    key(event) {
      const rows = $$("[role=option]", this.list);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (this.list.hidden) return void this.open("");
        if (!rows.length) return;
        rows[this.active]?.classList.remove("active");
        this.active = (this.active + (event.key === "ArrowDown" ? 1 : rows.length - 1) + (this.active < 0 && event.key === "ArrowUp" ? 1 : 0)) % rows.length;
        rows[this.active].classList.add("active");
        rows[this.active].scrollIntoView({ block: "nearest" });
        this.input.setAttribute("aria-activedescendant", rows[this.active].id);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (!this.list.hidden && rows.length) this.pick(this.shown[Math.max(this.active, 0)]);
      } else if (event.key === "Escape" && !this.list.hidden) {
        event.stopPropagation();
        event.preventDefault();
        this.close();
      } else if (event.key === "Backspace" && this.many && !this.input.value && this.chosen.length) {
        this.toggle(this.chosen.at(-1));
      }
    }
  }

  // ---- Files -----------------------------------------------------------------------------

  function fileRow(file, drop) {
    const remove = make("button", { type: "button", "aria-label": `Remove ${file.name}` }, icon("close"));
    remove.addEventListener("click", drop);
    let picture = icon("file");
    if (file.type.startsWith("image/")) {
      picture = make("img", { src: URL.createObjectURL(file), alt: "" });
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      picture.addEventListener("error", () => picture.replaceWith(icon("file")), { once: true });
    }
    return make("li", { class: "file-row" }, picture, make("span", {}, file.name), remove);
  }

  class FileList {
    constructor(root) {
      this.root = root;
      this.files = [];
      for (const input of $$("input[type=file]", root)) {
        input.addEventListener("change", () => {
          this.add([...input.files]);
          input.value = "";
        });
      }
    }

    add(files) {
      const most = Number(this.root.dataset.max || 10);
      const all = [...this.files, ...files];
      if (all.length > most) toast(`At most ${most} file${most === 1 ? "" : "s"} here; the last ones stay.`, "info");
      this.files = all.slice(-most);
      this.draw();
    }

    draw() {
      const rows = this.files.map((file) => fileRow(file, () => {
        this.files = this.files.filter((one) => one !== file);
        this.draw();
      }));
      $(".file-list", this.root).replaceChildren(...rows);
    }
  }

  // ---- Modals ----------------------------------------------------------------------------

  function clearErrors(layer) {
    for (const line of $$(".field-error", layer)) line.hidden = true;
    for (const field of $$("[aria-invalid]", layer)) field.removeAttribute("aria-invalid");
    $(".modal-banner", layer).hidden = true;
  }

  function banner(layer, text) {
    const line = $(".modal-banner", layer);
    line.replaceChildren(icon("warn"), text);
    line.hidden = false;
    line.scrollIntoView({ block: "nearest" });
  }

  function showErrors(layer, errors) {
    const lost = [];
    let first = null;
    for (const [blockId, text] of Object.entries(errors)) {
      const block = $$(".block-input", layer).find((one) => one.dataset.blockId === blockId);
      if (!block) {
        lost.push(text);
        continue;
      }
      const line = $(".field-error", block);
      line.replaceChildren(icon("warn"), text);
      line.hidden = false;
      $("input, textarea, select", block)?.setAttribute("aria-invalid", "true");
      first = !first || block.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING ? block : first;
    }
    if (lost.length) banner(layer, lost.join(" "));
    if (!first) return;
    first.scrollIntoView({ block: "center", behavior: "smooth" });
    const field = $("input:not([type=file]), textarea, select", first);
    if (field && !field.closest(".picker")) field.focus({ preventScroll: true });
  }

  async function submit(form) {
    const layer = form.parentElement;
    const button = $(".btn-submit", form);
    if (button.hasAttribute("data-busy")) return;
    clearErrors(layer);
    busy(button, true);
    const files = $$(".files", layer).flatMap((root) =>
      fileLists.get(root).files.map((file) => [`file:${root.dataset.blockId}`, file]));
    const answer = await call("submit", { view_id: layer.dataset.viewId, values: collect(layer) }, files);
    busy(button, false);
    if (answer.errors) showErrors(layer, answer.errors);
    if (answer.failed) banner(layer, answer.failed);
    await refresh();
  }

  async function closeModal(layer, clear) {
    layer.hidden = true;
    const answer = await call("close", { view_id: layer.dataset.viewId, clear });
    if (answer.failed) toast(answer.failed, "error");
    await refresh();
  }

  // ---- Menus -----------------------------------------------------------------------------

  function openMenu(anchor, items, title = "Menu") {
    const dialog = $("#menu");
    dialog.setAttribute("aria-label", title);
    const rows = items.map((item) => {
      if (item.head) return make("h2", {}, item.head);
      const more = item.more ? make("small", {}, item.more) : null;
      const row = make("button", { type: "button", role: "menuitem", class: "menu-item" }, icon(item.icon ?? "bolt"), make("span", {}, item.label, more));
      row.addEventListener("click", () => {
        dialog.close();
        item.run();
      });
      return row;
    });
    dialog.replaceChildren(make("div", { role: "menu", "aria-label": title }, ...rows));
    dialog.showModal();
    dialog.style.cssText = "";
    if (!wide.matches) return;
    const at = anchor.getBoundingClientRect();
    const size = dialog.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
    const below = at.bottom + size.height + 8 < innerHeight;
    dialog.style.left = `${left}px`;
    dialog.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`;
  }

  function offers() {
    const parsed = ([name, json]) => [name, JSON.parse(json)];
    return Object.fromEntries(Object.entries($("#offers").dataset).map(parsed));
  }

  async function shortcut(asked) {
    const answer = await call("shortcut", asked);
    if (answer.failed) toast(answer.failed, "error");
    refresh();
  }

  function messageMenu(message, anchor) {
    const { ts, channel, thread, text, inThread } = message.dataset;
    const items = [];
    if (inThread === undefined) {
      const run = () => go(`/client/thread/${channel}/${thread ?? ts}?as=${me}`);
      items.push({ label: "Reply in thread", icon: "reply", run });
    }
    if (text) items.push({ label: "Copy text", icon: "file", run: () => navigator.clipboard?.writeText(text) });
    const shortcuts = offers().messages;
    if (shortcuts.length) items.push({ head: "Shortcuts" });
    for (const one of shortcuts) {
      const run = () => shortcut({ callback_id: one.callback_id, channel, ts });
      items.push({ label: one.name, more: one.description, run });
    }
    openMenu(anchor, items, "Message actions");
  }

  function plusMenu(button) {
    const form = button.closest("form");
    const [files, camera] = $$("[data-attach]", form);
    const items = [
      { label: "Upload a file", icon: "clip", run: () => files.click() },
      { label: "Take a photo", icon: "camera", run: () => camera.click() },
    ];
    const { globals } = offers();
    if (globals.length && !form.dataset.thread) items.push({ head: "Shortcuts" });
    if (!form.dataset.thread) {
      for (const one of globals) {
        items.push({ label: one.name, more: one.description, run: () => shortcut({ callback_id: one.callback_id }) });
      }
    }
    openMenu(button, items, "Attach or run a shortcut");
  }

  function overflowMenu(field) {
    const items = JSON.parse(field.dataset.options).map((one) => ({
      label: one.text,
      more: one.description,
      icon: one.url ? "out" : "dots",
      run: () => {
        if (one.url) window.open(one.url, "_blank", "noopener");
        act(field, one.value);
      },
    }));
    openMenu(field, items, "More actions");
  }

  // ---- Composer --------------------------------------------------------------------------

  const attached = new WeakMap();

  function grow(text) {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 160)}px`;
  }

  // What may follow: a command at the very beginning, or a name after an @.
  function candidates(text) {
    if (/^\/\S*$/.test(text)) {
      return offers().commands.filter((one) => one.command.startsWith(text)).map((one) => (
        { insert: one.command, name: one.command, hint: one.usage_hint, more: one.description }));
    }
    const typed = /(?:^|\s)@(\S*)$/.exec(text)?.[1].toLowerCase();
    if (typed === undefined) return [];
    const fits = (one) => `${one.name} ${one.label}`.toLowerCase().includes(typed);
    return offers().people.filter(fits).slice(0, 6).map((one) => (
      { insert: text.replace(/@\S*$/, `@${one.name}`), name: one.label, hint: `@${one.name}`, more: "" }));
  }

  function suggest(form) {
    const list = $(".suggestions", form.parentElement);
    const found = candidates($("textarea", form).value);
    list.replaceChildren(...found.map((one, index) => {
      const label = make("span", {}, make("b", {}, one.name), one.hint ? ` ${one.hint}` : "");
      const more = one.more ? make("small", {}, one.more) : null;
      const row = make("li", { role: "option", "aria-selected": String(index === 0), class: "suggestion", "data-insert": one.insert }, label, more);
      row.addEventListener("mousedown", (event) => {
        event.preventDefault();
        complete(form, one.insert);
      });
      return row;
    }));
    list.hidden = !found.length;
  }

  function complete(form, text) {
    write(form, `${text} `);
    $("textarea", form).focus();
  }

  function attach(form, files) {
    const all = [...(attached.get(form) ?? []), ...files];
    attached.set(form, all);
    $(".attached", form).replaceChildren(...all.map((file) => fileRow(file, () => {
      attached.set(form, all.filter((one) => one !== file));
      attach(form, []);
    })));
  }

  function write(form, text) {
    const box = $("textarea", form);
    box.value = text;
    drafts.set(form.parentElement.dataset.key, text);
    grow(box);
    $(".suggestions", form.parentElement).hidden = true;
  }

  async function send(form) {
    const box = $("textarea", form);
    const text = box.value.trim();
    const files = attached.get(form) ?? [];
    const error = $(".composer-error", form.parentElement);
    error.hidden = true;
    if (!text && !files.length) return;
    const { channel, thread } = form.dataset;
    write(form, "");
    attached.set(form, []);
    attach(form, []);
    const [, command, rest] = /^(\/[^\s/]+)\s*([\s\S]*)$/.exec(text) ?? [];
    busy(form, true);
    const answer = command
      ? await call("command", { channel, command, text: rest, thread_ts: thread })
      : await call("message", { channel, text, thread_ts: thread }, files.map((file) => ["file", file]));
    busy(form, false);
    if (answer.failed) {
      error.replaceChildren(icon("warn"), answer.failed);
      error.hidden = false;
      if (!box.value) write(form, text);
      attach(form, files);
    }
    await refresh();
    for (const scroll of $$(".stick")) if (!answer.failed) toBottom(scroll);
  }

  // ---- Toasts ----------------------------------------------------------------------------

  function toast(text, kind = "info") {
    const row = make("div", { class: `toast toast-${kind}` }, icon(kind === "error" ? "warn" : "info"), make("span", {}, text));
    $("#toasts").append(row);
    setTimeout(() => row.remove(), 6000);
  }

  // What an answer said already where the person looked needs no toast.
  function notice(text) {
    if (!told.delete(text)) toast(text, "error");
  }

  // ---- Tables that sort ------------------------------------------------------------------

  function sortBy(button) {
    const head = button.parentElement;
    const table = button.closest("table");
    const index = Number(button.dataset.sortBy);
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of $$("th[aria-sort]", table)) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = $("tbody", table);
    const worth = (row) => row.cells[index]?.dataset.sort ?? "";
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    const rows = [...body.rows].sort((one, two) => {
      const [a, b] = [worth(one), worth(two)];
      const numbers = a !== "" && b !== "" && !isNaN(a) && !isNaN(b);
      return (numbers ? a - b : compare(a, b)) * (up ? 1 : -1);
    });
    const late = [...body.rows].filter((row) => row.hasAttribute("data-late")).length;
    body.append(...rows);
    rows.forEach((row, place) => row.toggleAttribute("data-late", place >= rows.length - late));
  }

  // ---- Going places ----------------------------------------------------------------------

  async function go(url) {
    const target = new URL(url, location.href);
    if (await load(target.href, false)) scrollTo(0, 0);
  }

  function reach(answer) {
    if (answer.failed) return toast(answer.failed, "error");
    return go(`/client/channel/${answer.id}?as=${me}`);
  }

  // ---- Listening -------------------------------------------------------------------------

  const CLICKS = [
    ["a[data-nav]", (node, event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return false;
      go(node.href);
    }],
    ["[data-kind=button], [data-kind=icon_button], [data-kind=feedback_buttons]", (node) => {
      act(node, node.dataset.value ?? null);
      return node.nodeName !== "A";
    }],
    ["[data-kind=overflow]", (node) => overflowMenu(node)],
    ["[data-close]", (node) => closeModal(node.closest(".modal-layer"), node.dataset.close === "all")],
    [".message-more", (node) => messageMenu(node.closest("article"), node)],
    ["[data-plus]", (node) => plusMenu(node)],
    ["[data-shortcut]", (node) => shortcut({ callback_id: node.dataset.shortcut })],
    ["[data-open]", (node) => document.getElementById(node.dataset.open).showModal()],
    ["[data-add]", (node) => {
      $("#add").dataset.channel = node.dataset.add;
      $("#add").showModal();
    }],
    ["[data-invite]", async (node) => {
      const dialog = node.closest("dialog");
      dialog.close();
      const answer = await call("invite", { channel: dialog.dataset.channel, user: node.dataset.invite });
      toast(answer.failed ?? "Added to the channel.", answer.failed ? "error" : "info");
      refresh();
    }],
    ["[data-dm]", async (node) => {
      node.closest("dialog").close();
      reach(await call("dm", { user: node.dataset.dm }));
    }],
    ["[data-join]", async (node) => reach(await call("join", { channel: node.dataset.join }))],
    ["[data-sort-by]", (node) => sortBy(node)],
    ["[data-more-rows]", (node) => {
      for (const row of $$("tr[data-late]", node.parentElement)) row.removeAttribute("data-late");
      node.remove();
    }],
    ["#confirm button", (node) => $("#confirm").close(node.value)],
    ["dialog", (node, event) => {
      if (event.target === node) node.close();
      return false;
    }],
  ];

  document.addEventListener("click", (event) => {
    for (const [selector, run] of CLICKS) {
      const node = event.target.closest(selector);
      if (!node) continue;
      if (run(node, event) !== false) event.preventDefault();
      return;
    }
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("form.modal")) submit(event.target);
    if (event.target.matches("form.composer")) send(event.target);
  });

  document.addEventListener("change", (event) => {
    const files = event.target.matches("[data-attach]") ? event.target : null;
    if (files) {
      attach(files.form, [...files.files]);
      files.value = "";
      return;
    }
    const field = event.target.closest("[data-kind][data-dispatch]");
    if (!field || pickers.has(field) || field.dataset.triggers !== undefined) return;
    if (field.dataset.kind !== "file_input") act(field, read(field));
  });

  const typing = new WeakMap();

  document.addEventListener("input", (event) => {
    const composer = event.target.closest("form.composer");
    if (composer) {
      drafts.set(composer.parentElement.dataset.key, event.target.value);
      grow(event.target);
      suggest(composer);
    }
    const field = event.target;
    if (!field.dataset.triggers?.includes("on_character_entered")) return;
    clearTimeout(typing.get(field));
    typing.set(field, setTimeout(() => act(field, read(field)), 300));
  });

  document.addEventListener("keydown", (event) => {
    const composer = event.target.closest("form.composer");
    if (composer && event.target.nodeName === "TEXTAREA") composerKey(event, composer);
    else if (event.key === "Enter" && event.target.dataset?.triggers?.includes("on_enter_pressed")) {
      if (event.target.nodeName === "TEXTAREA" && !event.ctrlKey) return;
      event.preventDefault();
      act(event.target, read(event.target));
    } else if (event.key === "Escape" && !$("dialog[open]")) {
      const layer = $(".modal-layer:not([hidden])");
      if (layer) closeModal(layer, false);
    }
  });

  function composerKey(event, form) {
    const list = $(".suggestions", form.parentElement);
    if (event.key === "Escape") list.hidden = true;
    if (event.key === "Tab" && !list.hidden) {
      event.preventDefault();
      complete(form, list.firstElementChild.dataset.insert);
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send(form);
  }

  document.addEventListener("contextmenu", (event) => {
    const message = event.target.closest("article.message:not([data-ephemeral])");
    if (!message || event.target.closest("a, input, textarea, select, img")) return;
    if (String(getSelection())) return;
    event.preventDefault();
    messageMenu(message, $(".message-more", message));
  });

  addEventListener("popstate", () => load(location.href, false));

  function listen() {
    const stream = new EventSource(`/client/events?as=${encodeURIComponent(me)}`);
    stream.addEventListener("ready", () => {
      document.body.removeAttribute("data-offline");
      document.body.dataset.live = "1";
      refresh();
    });
    stream.addEventListener("message", (event) => {
      const change = JSON.parse(event.data);
      if (change.kind === "notice") setTimeout(() => notice(change.text), 400);
      refresh();
    });
    stream.addEventListener("error", () => { document.body.dataset.offline = "1"; });
    addEventListener("pagehide", () => stream.close());
  }

  enhance();
  listen();
})();
