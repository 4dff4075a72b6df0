// @ts-check
/** The page around the widget: the articles, who says what in them, and adding more. */
(() => {
  "use strict";

  const KEY = "onrecord key";

  /**
   * @template {HTMLElement} T
   * @param {string} id
   * @param {new () => T} kind
   */
  function part(id, kind) {
    const found = document.getElementById(id);
    if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
    return found;
  }

  const chat = /** @type {ChatElement} */ (part("chat", HTMLElement));
  const search = part("search", HTMLInputElement);
  const list = part("articles", HTMLUListElement);
  const none = part("none", HTMLElement);
  const more = part("more", HTMLButtonElement);
  const add = part("add", HTMLFormElement);
  const files = part("files", HTMLInputElement);
  const unlock = part("unlock", HTMLFormElement);
  const key = part("key", HTMLInputElement);
  const told = part("told", HTMLElement);

  /** The widget's way: what comes from an article becomes text, without the characters that override direction. */
  /** @param {string} text */
  function named(text) {
    const made = document.createElement("bdi");
    made.textContent = text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
    return made;
  }

  /**
   * Ask the service; throws an error that says what to do.
   * @param {string} path
   * @param {RequestInit} [options]
   * @returns {Promise<any>}
   */
  async function request(path, options = {}) {
    const headers = chat.key ? { Authorization: `Bearer ${chat.key}` } : {};
    const response = await fetch(path, { ...options, headers }).catch(() => {
      throw new Error("The service cannot be reached. Check that it runs, then try again.");
    });
    if (response.status === 401 || response.status === 403) unlock.hidden = false;
    const body = await response.json().catch(() => null);
    if (!response.ok) throw new Error(body?.detail ?? `The service said ${response.status}; try again.`);
    return body;
  }

  // The articles

  /** @type {string | null} */
  let next = null;
  let asked = 0;

  /** @param {string | null} published */
  function dayOf(published) {
    const day = new Date((published ?? "").slice(0, 10));
    if (Number.isNaN(day.getTime())) return published;
    return new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" }).format(day);
  }

  /** @param {Source & { id: string }} article */
  function row(article) {
    const open = document.createElement("button");
    open.type = "button";
    open.append(named(article.title));
    open.addEventListener("click", () => chat.openArticle(article.id));
    const facts = document.createElement("small");
    const known = [article.publisher ?? article.source_name, dayOf(article.published_at)];
    facts.append(named(known.filter(Boolean).join(" · ")));
    const item = document.createElement("li");
    item.append(open, facts);
    return item;
  }

  /** @param {string | null} cursor the page to show, added to those there are; null for the first */
  async function show(cursor) {
    const turn = ++asked;
    const query = new URLSearchParams({ limit: "12" });
    if (search.value.trim()) query.set("query", search.value.trim());
    if (cursor) query.set("cursor", cursor);
    /** @type {ArticleList} */
    const found = await request(`articles?${query}`);
    // A later search has been answered already.
    if (turn !== asked) return;
    const rows = found.articles.map(row);
    if (cursor) list.append(...rows);
    else list.replaceChildren(...rows);
    next = found.next_cursor;
    more.hidden = next === null;
    // A key that may only ask is offered nothing else.
    if (!cursor) add.hidden = !(await request("key")).rights.includes("add");
    const begin = add.hidden ? "Nothing yet." : "Nothing yet. Add a text file to begin.";
    none.textContent = search.value.trim() ? "No article has this in its title or publisher." : begin;
    none.hidden = list.hasChildNodes();
    part("shelf", HTMLElement).hidden = false;
    unlock.hidden = true;
    if (cursor) rows[0]?.querySelector("button")?.focus();
  }

  /** @param {unknown} error */
  const tell = (error) => (told.textContent = error instanceof Error ? error.message : String(error));

  search.addEventListener("input", () => show(null).catch(tell));
  more.addEventListener("click", () => show(next).catch(tell));

  // Who says what in an article

  const style = new CSSStyleSheet();
  style.replaceSync(`
    details { margin-bottom: 1.25rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line) }
    summary { cursor: pointer; color: var(--quiet); font-size: .875rem }
    details h3 { margin-top: 1rem; font-weight: 600 }
    details h3 bdi + bdi { margin-inline-start: .5rem; color: var(--quiet); font-weight: 400; font-size: .8125rem }
    details li button { padding: .3rem 0; font: 1rem/1.5 var(--serif); overflow-wrap: anywhere; unicode-bidi: isolate }
    details li small { margin-inline-end: .4rem; color: var(--quiet); font: .8125rem var(--font) }
    details li button:hover span { color: var(--accent) }
  `);
  chat.shadowRoot?.adoptedStyleSheets.push(style);

  chat.beside = async (id, mark, whole) => {
    /** @type {Quotation[]} */
    const said = (await chat.get(`articles/${encodeURIComponent(id)}/quotations`).catch(() => null))?.quotations ?? [];
    if (!said.length) return null;
    const details = document.createElement("details");
    details.open = whole;
    const summary = document.createElement("summary");
    summary.textContent = `On record in this article (${said.length})`;
    details.append(summary);
    const groups = Map.groupBy(said, (quotation) => quotation.speaker ?? "");
    // Speakers with a name come first, and quotations without a speaker last.
    for (const [speaker, theirs] of [...groups].sort(([a], [b]) => Number(!a) - Number(!b))) {
      const heading = document.createElement("h3");
      heading.append(named(speaker || "Speaker not named"));
      const role = theirs.find((quotation) => quotation.role)?.role;
      if (role) heading.append(named(role));
      const words = document.createElement("ul");
      for (const quotation of theirs) {
        const button = document.createElement("button");
        button.type = "button";
        button.dir = "auto";
        const exact = document.createElement("span");
        exact.textContent = quotation.text;
        // With the word of saying: what somebody ruled out must not stand there as if it were proposed.
        if (quotation.cue) {
          const cue = document.createElement("small");
          cue.textContent = quotation.cue;
          button.append(cue, " ");
        }
        button.append(exact);
        button.addEventListener("click", () => mark(quotation.start, quotation.end));
        const item = document.createElement("li");
        item.append(button);
        words.append(item);
      }
      details.append(heading, words);
    }
    return details;
  };

  // Adding

  /** @param {Iterable<File>} chosen */
  async function send(chosen) {
    const form = new FormData();
    let count = 0;
    for (const file of chosen) {
      form.append("files", file);
      count++;
    }
    if (!count) return;
    tell(`Adding ${count}…`);
    /** @type {{ articles: { status: string }[] }} */
    const added = await request("articles", { method: "POST", body: form });
    const by = Map.groupBy(added.articles, (article) => article.status);
    tell(`${[...by].map(([status, articles]) => `${articles.length} ${status}`).join(", ")}.`);
    await Promise.all([show(null), chat.refresh()]);
  }

  files.addEventListener("change", () => {
    send(files.files ?? []).catch(tell).finally(() => (files.value = ""));
  });
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    add.classList.add("over");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? add.classList.remove("over"));
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    add.classList.remove("over");
    if (add.hidden) tell("Adding articles needs a key that allows it.");
    else send(event.dataTransfer.files).catch(tell);
  });

  // A key of the reader's own, where the service asks for one

  unlock.addEventListener("submit", (event) => {
    event.preventDefault();
    const before = chat.key;
    chat.key = key.value.trim();
    tell("");
    show(null).then(() => {
      sessionStorage.setItem(KEY, chat.key);
      search.focus();
      return chat.refresh();
    }).catch((error) => {
      chat.key = before;
      tell(error);
    });
  });

  const kept = sessionStorage.getItem(KEY);
  if (kept) {
    chat.key = kept;
    chat.refresh();
  }
  show(null).catch((error) => unlock.hidden && tell(error));
})();
