// @ts-check
/**
 * The chat widget of onrecord. One file, no framework, no build, nothing loaded from anywhere but its own service:
 *
 *   <script src="https://HOST/widget.js" defer></script>             a floating button that opens the chat
 *   <onrecord-chat endpoint="https://HOST/" mode="inline">           the chat in the page, with the same script
 *
 * What comes from an article is only ever set as text; styles are constructed, which no policy forbids.
 */
(() => {
"use strict";

const SLOW = 6_000; // Milliseconds until we say so,
const PATIENCE = 60_000; // and of silence until we give up.
const KEPT = 20; // Turns that survive a reload.
const REMEMBERED = 10; // Turns sent along with a follow-up.
const LONGEST = 2_000; // Characters of a question.

const LANGUAGES = ["en", "de", "ar"];
/** What the interface says, in the languages' order. */
const WORDS = {
  title: ["Ask the archive", "Das Archiv fragen", "اسأل الأرشيف"],
  place: ["Ask a question", "Eine Frage stellen", "اطرح سؤالاً"],
  intro: [
    "Every answer is a verbatim quote, at its exact place in an article.",
    "Jede Antwort ist ein wörtliches Zitat an seiner genauen Stelle in einem Artikel.",
    "كل إجابة اقتباس حرفي من موضعه الدقيق في مقال.",
  ],
  ask: ["Ask", "Fragen", "اسأل"],
  stop: ["Stop", "Anhalten", "إيقاف"],
  clear: ["Clear", "Leeren", "مسح"],
  close: ["Close", "Schließen", "إغلاق"],
  busy: ["Searching the archive…", "Das Archiv wird durchsucht …", "جارٍ البحث في الأرشيف…"],
  slow: [
    "This takes longer than usual. Wait, or stop and ask again.",
    "Das dauert länger als sonst. Warten Sie, oder halten Sie an und fragen Sie noch einmal.",
    "يستغرق هذا أطول من المعتاد. انتظر، أو أوقفه واسأل من جديد.",
  ],
  none: ["Not in the archive", "Nicht im Archiv", "ليس في الأرشيف"],
  near: ["What comes closest", "Was dem am nächsten kommt", "الأقرب إلى السؤال"],
  stopped: ["Stopped.", "Angehalten.", "تم الإيقاف."],
  broken: ["The answer broke off.", "Die Antwort ist abgebrochen.", "انقطعت الإجابة."],
  late: [
    "The archive did not answer in time.",
    "Das Archiv hat nicht rechtzeitig geantwortet.",
    "لم يُجب الأرشيف في الوقت المناسب.",
  ],
  gone: [
    "The archive cannot be reached. Check the connection.",
    "Das Archiv ist nicht erreichbar. Prüfen Sie die Verbindung.",
    "تعذّر الوصول إلى الأرشيف. تحقق من الاتصال.",
  ],
  limited: [
    "Too many questions at once. Try again in {n} s.",
    "Zu viele Fragen auf einmal. Versuchen Sie es in {n} s wieder.",
    "أسئلة كثيرة دفعة واحدة. حاول بعد {n} ث.",
  ],
  key: [
    "The archive takes no questions from this page.",
    "Das Archiv nimmt von dieser Seite keine Fragen an.",
    "لا يقبل الأرشيف أسئلة من هذه الصفحة.",
  ],
  failed: ["The archive has a problem just now.", "Das Archiv hat gerade eine Störung.", "في الأرشيف خلل الآن."],
  lost: [
    "This article is no longer in the archive.",
    "Dieser Artikel ist nicht mehr im Archiv.",
    "لم يعد هذا المقال في الأرشيف.",
  ],
  retry: ["Try again", "Noch einmal", "حاول مجدداً"],
  copy: ["Copy with sources", "Mit Quellen kopieren", "نسخ مع المصادر"],
  link: ["Copy link", "Link kopieren", "نسخ الرابط"],
  copied: ["Copied", "Kopiert", "تم النسخ"],
  copies: ["also carried elsewhere: {n}", "auch anderswo: {n}", "نُشر أيضاً في مواضع أخرى: {n}"],
  open: ["open the article at this quote", "den Artikel an dieser Stelle öffnen", "افتح المقال عند هذا الاقتباس"],
  opening: ["Opening the article…", "Der Artikel wird geöffnet …", "جارٍ فتح المقال…"],
  changed: [
    "The article has changed since it was quoted.",
    "Der Artikel wurde seit dem Zitat geändert.",
    "تغيّر المقال منذ اقتباسه.",
  ],
  original: ["Original", "Original", "الأصل"],
  withheld: [
    "Withheld, because no quote proves them: {n}.",
    "Zurückgehalten, weil kein Zitat sie belegt: {n}.",
    "حُجبت لأن لا اقتباس يثبتها: {n}.",
  ],
};
/** @typedef {Record<keyof typeof WORDS, string>} Words */

const STYLE = `
:host {
  all: initial; display: block; color-scheme: light dark; color: var(--ink);
  --paper: var(--onrecord-paper, light-dark(#fdfcf9, #191918));
  --ink: var(--onrecord-ink, light-dark(#1c1b19, #eceae5));
  --quiet: var(--onrecord-quiet, light-dark(#605d56, #aaa7a0));
  --line: var(--onrecord-line, light-dark(#dfdbd0, #3b3a37));
  --accent: var(--onrecord-accent, light-dark(#7a1f1f, #eba9a2));
  --on-accent: var(--onrecord-on-accent, light-dark(#fff, #2b1110));
  --mark: var(--onrecord-mark, light-dark(#ffeaa3, #5c4a12));
  --font: var(--onrecord-font, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", system-ui, sans-serif);
  --serif: var(--onrecord-quote-font, "Iowan Old Style", Charter, Palatino, Georgia, "Noto Serif", serif);
}
:host([theme="light"]) { color-scheme: light }
:host([theme="dark"]) { color-scheme: dark }
:host([hidden]), [hidden] { display: none !important }
* { box-sizing: border-box }
/* What a site says about all elements, the host hands down. */
.panel, dialog, .launch { font: 400 15px/1.5 var(--font); color: var(--ink); letter-spacing: normal;
  word-spacing: normal; text-align: start; text-indent: 0; text-transform: none; white-space: normal }
h2, h3, h4, p, ul, blockquote { margin: 0; padding: 0; font: inherit }
ul { list-style: none }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: start }
a { color: inherit }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
bdi, blockquote, .text p { unicode-bidi: isolate; overflow-wrap: anywhere }

.panel { display: flex; flex-direction: column; background: var(--paper) }
.head { display: flex; align-items: center; gap: 1rem; padding-block-end: .75rem }
.head h2 { flex: 1; font: 600 1.0625rem/1.3 var(--font); overflow-wrap: anywhere }
.soft { color: var(--quiet); font-size: .875rem; padding: .25rem 0 }
.soft:hover, .title:hover, .empty button:hover { color: var(--accent) }

.empty > p { color: var(--quiet); max-width: 34rem }
.empty ul { margin-top: 1.25rem }
.empty li { border-top: 1px solid var(--line) }
.empty li:last-child { border-bottom: 1px solid var(--line) }
.empty li button { width: 100%; padding: .7rem .1rem; font: 1.0625rem/1.4 var(--serif); overflow-wrap: anywhere }

.turn { padding-block: 1.25rem 1.75rem; scroll-margin-top: 4rem }
.turn + .turn { border-top: 1px solid var(--line) }
.turn > h3 { font: 600 1.1875rem/1.35 var(--font); margin-bottom: 1.1rem; overflow-wrap: anywhere }
.prose p { margin-bottom: .75rem; font: 1.125rem/1.6 var(--serif) }
.ref { color: var(--accent); font: 600 .75rem/1 var(--font); vertical-align: super; padding: .25rem .2rem }
.verdict { font: 600 1.0625rem/1.4 var(--serif) }
.verdict + p { color: var(--quiet); margin-bottom: 1.25rem }
.label { font-size: .8125rem; color: var(--quiet); margin-bottom: .75rem }

.card { position: relative; padding-inline-start: 2.1rem; margin-bottom: 1.6rem; scroll-margin: 1rem }
.number { position: absolute; inset-inline-start: 0; top: .1rem; width: 1.4rem; height: 1.4rem; border-radius: 50%;
  font: 600 .75rem/1.4rem var(--font); text-align: center; background: var(--accent); color: var(--on-accent) }
.near .number { background: none; color: var(--quiet); box-shadow: inset 0 0 0 1px var(--line) }
.speaker { font-weight: 600 }
blockquote { font: 1.1875rem/1.55 var(--serif); cursor: pointer }
.near blockquote { font-size: 1.0625rem; color: var(--quiet) }
mark { background: var(--mark); color: inherit; padding: .08em 0; box-decoration-break: clone;
  -webkit-box-decoration-break: clone }
.facts { color: var(--quiet); font-size: .8125rem; margin-top: .15rem }
.title { margin-top: .5rem; color: var(--quiet); font-size: .875rem; text-decoration: underline;
  text-decoration-color: var(--line); text-underline-offset: .2em; overflow-wrap: anywhere }
.aside { color: var(--quiet); font-size: .8125rem; margin-bottom: .75rem }
.note { display: flex; flex-wrap: wrap; gap: .25rem 1rem; color: var(--quiet) }
.note button { color: var(--accent); text-decoration: underline; text-underline-offset: .2em }
.tools { display: flex; flex-wrap: wrap; gap: 0 1.25rem; padding-inline-start: 2.1rem }
.busy::before { content: ""; display: inline-block; width: .5rem; height: .5rem; margin-inline-end: .6rem;
  border-radius: 50%; background: var(--accent); animation: pulse 1.2s ease-in-out infinite alternate }
@keyframes pulse { to { opacity: .2 } }

form { display: flex; gap: .5rem; align-items: flex-end; border: 1px solid var(--line); border-radius: .75rem;
  padding: .4rem; padding-inline-start: .9rem; background: var(--paper) }
form:focus-within { border-color: var(--accent); outline: 1px solid var(--accent) }
textarea { flex: 1; min-width: 0; font: inherit; font-size: 1rem; line-height: 1.5; color: inherit; background: none;
  border: 0; padding: .35rem 0; margin: 0; resize: none; field-sizing: content; max-height: 8rem }
textarea:focus-visible { outline: 0 }
textarea::placeholder { color: var(--quiet); opacity: 1 }
form button { flex: none; padding: .45rem 1rem; border-radius: .5rem; background: var(--accent);
  color: var(--on-accent); font-weight: 600 }
form button.stop { background: none; color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent) }

.inline .head { padding: 0 }
.inline h2 { color: var(--quiet); font-size: .875rem }
.inline.fresh h2 { color: inherit; font: 600 clamp(1.6rem, 5vw, 2.25rem)/1.2 var(--serif); padding-block-end: .5rem }
.inline form { position: sticky; bottom: .6rem; margin-top: 1.5rem; box-shadow: 0 0 0 .75rem var(--paper) }
.inline.fresh { gap: 1.5rem }
.inline.fresh form { position: static; margin: 0; box-shadow: none }
.inline.fresh .log { order: 1 }

.launch { position: fixed; bottom: 1.25rem; inset-inline-end: 1.25rem; z-index: 2147483000; display: flex; align-items: center;
  gap: .6rem; padding: .7rem 1.1rem; border-radius: 2rem; font-weight: 600; background: var(--accent);
  color: var(--on-accent); box-shadow: 0 2px 14px rgb(0 0 0 / .22) }
.launch span { font: 700 2rem/1 var(--serif); height: 1.1rem }
.floating { position: fixed; inset-inline-end: 1.25rem; bottom: 1.25rem; z-index: 2147483000; width: min(27rem, 100vw - 2.5rem);
  height: min(44rem, 100dvh - 2.5rem); border: 1px solid var(--line); border-radius: 1rem; overflow: hidden;
  box-shadow: 0 8px 40px rgb(0 0 0 / .25) }
.floating .head { padding: .8rem 1.1rem; border-bottom: 1px solid var(--line) }
.floating .log { flex: 1; overflow-y: auto; padding-inline: 1.1rem; overscroll-behavior: contain }
.floating .empty { padding-block: 1.25rem }
.floating .turn > h3 { font-size: 1.0625rem }
.floating blockquote { font-size: 1.0625rem }
.floating form { margin: .75rem }

dialog { width: min(46rem, 100vw - 1rem); max-height: min(90dvh, 60rem); padding: 0; border: 1px solid var(--line);
  border-radius: .9rem; background: var(--paper); overflow: hidden }
dialog[open] { display: flex; flex-direction: column }
dialog::backdrop { background: rgb(0 0 0 / .45) }
dialog .head { align-items: flex-start; padding: 1.1rem 1.4rem .9rem; border-bottom: 1px solid var(--line) }
.head div { flex: 1; min-width: 0 }
dialog .head h2 { font: 600 1.3125rem/1.3 var(--serif); overflow-wrap: anywhere }
.body { overflow-y: auto; padding: 1.1rem 1.4rem 2rem }
.body:focus-visible { outline-offset: -2px }
.text { font: 1.0625rem/1.65 var(--serif) }
.text p { margin-bottom: .8em; white-space: pre-wrap }
@media (max-width: 30rem) {
  .floating { inset: 0; width: auto; height: auto; border: 0; border-radius: 0 }
}
@media (prefers-reduced-motion: reduce) { .busy::before { animation: none } }
@media (forced-colors: active) { .number, .launch, form button { border: 1px solid } mark { forced-color-adjust: none } }
`;

/** @param {number} language @returns {Words} */
const wordsIn = (language) =>
  /** @type {any} */ (Object.fromEntries(Object.entries(WORDS).map(([name, words]) => [name, words[language]])));

/**
 * Make an element. Children are nodes or text, never markup.
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[N]}
 */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** @param {string} name @param {(Node | string)[]} children @param {() => void} act */
function button(name, children, act) {
  const made = el("button", { type: "button", class: name }, ...children);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} name @param {(Node | string)[]} children */
const p = (name, ...children) => el("p", { class: name }, ...children);

/** A name or title, kept from turning what stands around it: without the characters that override direction.
 * @param {string} text */
const named = (text) => el("bdi", {}, plain(text));
/** @param {string} text */
const plain = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

/** A link that only ever leads to a web page, or nothing. @param {string | null} url @param {string} text */
function webLink(url, text) {
  const to = url && URL.canParse(url) ? new URL(url) : null;
  if (!to || !/^https?:$/.test(to.protocol)) return [];
  return [el("a", { href: to.href, rel: "noopener nofollow", target: "_blank" }, text)];
}

/** Where the n-th code point stands in a string: the service counts code points, JavaScript counts UTF-16 units.
 * @param {string} text @param {number} points */
function unitOf(text, points) {
  let unit = 0;
  for (; points > 0 && unit < text.length; points--) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  return unit;
}

/** Text as nodes, the part from unit `start` to unit `end` marked.
 * @param {string} text @param {number} start @param {number} end */
function marked(text, start, end) {
  if (end <= start) return [text];
  return [text.slice(0, start), el("mark", {}, text.slice(start, end)), text.slice(end)];
}

/** The server-sent events of a response, `null` for a sign of life without one.
 * @param {Response} response @returns {AsyncGenerator<{ name: string, data: any } | null>} */
async function* eventsOf(response) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let held = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (held + value).split(/\r?\n\r?\n/);
    held = blocks.pop() ?? "";
    yield null;
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      /** @param {string} field */
      const of = (field) => lines.filter((l) => l.startsWith(field)).map((l) => l.slice(field.length).trimStart());
      const data = of("data:").join("\n");
      if (data) yield { name: of("event:")[0] ?? "message", data: JSON.parse(data) };
    }
  }
}

/** What a refusal means to the reader. @param {Response} response @returns {Promise<Note>} */
async function noteOf(response) {
  const { status, headers } = response;
  if (status === 429) return { kind: "limited", until: Date.now() + 1000 * (Number(headers.get("retry-after")) || 30) };
  if (status === 401 || status === 403) return { kind: "key" };
  if (status === 404) return { kind: "lost" };
  const problem = status < 500 ? await response.json().catch(() => null) : null;
  return { kind: "failed", detail: problem?.detail };
}

/** An answer that has only begun. @returns {Answer} */
const begun = () => ({
  status: "answered", answer: "", degraded_reason: null, sentences: [], citations: [], rejected: [], closest: [],
});

const tag = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
const home = tag?.src ? new URL(".", tag.src).href : document.baseURI;

class OnrecordChat extends HTMLElement {
  /** The service's public key, or whatever key the page was given. @type {string} */
  key = "";
  /** What a page adds above an article's text. @type {ChatElement["beside"]} */
  beside = undefined;
  /** @type {Words} */
  #t = wordsIn(0);
  #language = "en";
  #endpoint = home;
  #store = "";
  /** @type {Turn[]} */
  #turns = [];
  /** @type {Map<Turn, TurnView>} */
  #views = new Map();
  /** @type {AbortController | null} */
  #running = null;
  #floating = false;
  #suggested = false;
  #opened = 0;
  #live = el("div", { class: "sr", "aria-live": "polite" });
  #log = el("div", { class: "log" });
  #examples = el("ul");
  #empty = el("div", { class: "empty" });
  #input = el("textarea", { rows: "1", maxlength: String(LONGEST), dir: "auto" });
  #submit = el("button", { type: "submit" });
  #clear = button("soft", [], () => this.clear());
  #panel = el("section");
  #launch = button("launch", [], () => this.open());
  #dialog = el("dialog", { "aria-labelledby": "article" });

  connectedCallback() {
    if (this.shadowRoot) return;
    /** @param {string} name */
    const given = (name) => this.getAttribute(name) ?? "";
    const language = (given("lang") || document.documentElement.lang).toLowerCase().split("-")[0] ?? "";
    const known = Math.max(0, LANGUAGES.indexOf(language));
    this.#language = LANGUAGES[known] ?? "en";
    this.#t = wordsIn(known);
    this.#endpoint = new URL(given("endpoint") || home, document.baseURI).href.replace(/\/?$/, "/");
    this.key ||= given("key");
    this.#floating = given("mode") !== "inline";
    this.#store = `onrecord ${this.#endpoint} ${this.id}`;
    this.#build(given("title") || this.#t.title, given("placeholder") || this.#t.place);
    // Read, and taken away: a browser would show it as a tooltip over everything.
    this.removeAttribute("title");
    this.#restore();
    this.#follow();
    addEventListener("hashchange", () => this.isConnected && this.#follow());
    if (!this.#floating) this.refresh();
  }

  disconnectedCallback() {
    this.#running?.abort("stopped");
  }

  /** @param {string} title @param {string} placeholder */
  #build(title, placeholder) {
    const t = this.#t;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const form = el("form", {}, this.#input, this.#submit);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#running) this.#running.abort("stopped");
      else this.ask(this.#input.value);
    });
    this.#input.placeholder = placeholder;
    this.#input.setAttribute("aria-label", placeholder);
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.#running) this.ask(this.#input.value);
    });
    this.#clear.textContent = t.clear;
    const close = button("soft", [t.close], () => this.close());
    close.hidden = !this.#floating;
    this.#panel.append(el("div", { class: "head" }, el("h2", { dir: "auto" }, title), this.#clear, close));
    this.#empty.append(el("p", {}, t.intro), this.#examples);
    this.#panel.append(this.#log, form, this.#live);
    this.#panel.setAttribute("aria-label", title);
    this.#panel.className = `panel ${this.#floating ? "floating" : "inline"}`;
    if (this.#floating) {
      this.#panel.setAttribute("role", "dialog");
      this.#panel.hidden = true;
      this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
      this.#launch.append(el("span", { "aria-hidden": "true" }, "“"), title);
      this.#launch.setAttribute("aria-haspopup", "dialog");
    }
    this.#launch.hidden = !this.#floating;
    for (const part of [this.#panel, this.#dialog, this.#launch]) {
      part.lang = this.#language;
      part.dir = this.#language === "ar" ? "rtl" : "ltr";
    }
    root.append(this.#panel, this.#launch, this.#dialog);
  }

  /** Open the floating chat. @param {boolean} [focus] */
  open(focus = true) {
    this.#panel.hidden = false;
    this.#launch.hidden = this.#floating;
    if (!this.#suggested) this.refresh();
    if (focus) this.#input.focus({ preventScroll: true });
    this.#save();
  }

  /** Close the floating chat; the focus goes back to the button that opened it. */
  close() {
    if (!this.#floating) return;
    this.#panel.hidden = true;
    this.#launch.hidden = false;
    this.#launch.focus();
    this.#save();
  }

  /** Forget the conversation. */
  clear() {
    this.#running?.abort("stopped");
    this.#running = null;
    this.#turns = [];
    this.#views.clear();
    if (new URLSearchParams(location.hash.slice(1)).has("onrecord"))
      history.replaceState(history.state, "", location.pathname + location.search);
    this.#save();
    this.#draw();
    this.#input.focus();
  }

  /** Ask for the suggested questions again. */
  async refresh() {
    this.#suggested = true;
    const given = this.getAttribute("questions");
    /** @type {string[]} */
    let questions = (given ?? "").split("|").map((q) => q.trim()).filter(Boolean);
    if (given === null) {
      const found = await this.get("suggestions?limit=4").catch(() => null);
      questions = (found?.suggestions ?? []).map((/** @type {any} */ s) => s.question);
    }
    this.#examples.replaceChildren(...questions.map((question) =>
      el("li", {}, button("", [named(question)], () => this.ask(question, true)))));
    this.#draw();
  }

  /** Ask a question.
   * @param {string} question @param {boolean} [take] the focus goes to the question, because what had it is gone */
  async ask(question, take = false) {
    question = question.trim().slice(0, LONGEST);
    if (!question || this.#running) return;
    /** @type {Turn} */
    const turn = { question, answer: null, done: false, note: null };
    this.#turns.push(turn);
    this.#input.value = "";
    await this.#run(turn, take);
  }

  /** @param {Turn} turn @param {boolean} take */
  async #run(turn, take) {
    Object.assign(turn, { answer: null, done: false, note: null });
    this.#views.delete(turn);
    this.#live.replaceChildren();
    const stop = (this.#running = new AbortController());
    this.#draw();
    const view = this.#viewOf(turn);
    view.element.scrollIntoView({ block: "start" });
    if (take) view.heading.focus({ preventScroll: true });
    this.#save();
    const slow = setTimeout(() => view.wait(this.#t.slow), SLOW);
    let silence = setTimeout(() => stop.abort("late"), PATIENCE);
    let begins = false;
    try {
      const response = await this.#fetch("ask", stop.signal, {
        question: turn.question,
        stream: true,
        history: this.#historyBefore(turn),
      });
      begins = true;
      if (!response.ok) turn.note = await noteOf(response);
      else for await (const event of eventsOf(response)) {
        clearTimeout(silence);
        silence = setTimeout(() => stop.abort("late"), PATIENCE);
        if (event) this.#take(turn, event.name, event.data);
        view.update();
      }
      if (!turn.done) turn.note ??= { kind: "broken" };
    } catch {
      turn.note = { kind: stop.signal.aborted ? String(stop.signal.reason) : begins ? "broken" : "gone" };
    }
    clearTimeout(slow);
    clearTimeout(silence);
    if (this.#running === stop) this.#running = null;
    view.update();
    this.#draw();
    this.#save();
  }

  /** @param {Turn} turn @param {string} name @param {any} data */
  #take(turn, name, data) {
    const answer = (turn.answer ??= begun());
    if (name === "sources") answer.citations = data.citations;
    if (name === "sentence") answer.sentences.push(data);
    if (name === "citation") answer.citations = [...answer.citations.filter((c) => c.number !== data.number), data];
    if (name === "error") turn.note = { kind: "failed", detail: data.detail };
    if (name === "done") Object.assign(turn, { answer: { ...begun(), ...data }, done: true, note: null });
  }

  /** @param {Turn} turn */
  #historyBefore(turn) {
    const whole = this.#turns.slice(0, this.#turns.indexOf(turn)).filter((t) => t.done && t.answer);
    return whole.slice(-REMEMBERED).flatMap((t) => [
      { role: "user", content: t.question },
      { role: "assistant", content: t.answer?.answer ?? "" },
    ]);
  }

  /** @param {string} path @param {AbortSignal} [signal] @param {object} [body] */
  #fetch(path, signal, body) {
    /** @type {Record<string, string>} */
    const headers = body ? { "Content-Type": "application/json" } : {};
    if (this.key) headers.Authorization = `Bearer ${this.key}`;
    return fetch(this.#endpoint + path, {
      method: body ? "POST" : "GET",
      headers,
      body: body ? JSON.stringify(body) : null,
      signal: signal ?? null,
      credentials: "omit",
    });
  }

  /** Read something; throws a `Note`. @param {string} path */
  async get(path) {
    const response = await this.#fetch(path).catch(() => Promise.reject({ kind: "gone" }));
    if (!response.ok) throw await noteOf(response);
    return response.json();
  }

  // What survives a reload, in this tab alone.

  #save() {
    const open = this.#floating && !this.#panel.hidden;
    try {
      sessionStorage.setItem(this.#store, JSON.stringify({ open, turns: this.#turns.slice(-KEPT) }));
    } catch {
      // Storage is full or forbidden: the conversation then ends with the page.
    }
  }

  #restore() {
    try {
      const { open, turns } = JSON.parse(sessionStorage.getItem(this.#store) ?? "{}");
      this.#turns = turns ?? [];
      for (const turn of this.#turns) if (!turn.done) turn.note ??= { kind: "stopped" };
      this.#draw();
      if (open) this.open(false);
    } catch {
      this.#turns = [];
      this.#draw();
    }
    // What was heard before is not read out again.
    this.#live.replaceChildren();
  }

  /** Ask what the page's address asks, unless it was asked already. */
  #follow() {
    const question = new URLSearchParams(location.hash.slice(1)).get("onrecord");
    if (!question || this.#turns.some((turn) => turn.question === question)) return;
    if (this.#floating) this.open();
    this.ask(question);
  }

  #draw() {
    const fresh = this.#turns.length === 0;
    const shown = fresh ? [this.#empty] : this.#turns.map((turn) => this.#viewOf(turn).element);
    // Only what is new is put in: what is moved would lose the focus.
    for (const child of this.#log.querySelectorAll(":scope > *")) if (!shown.some((one) => one === child)) child.remove();
    shown.forEach((one, n) => one.parentNode ?? this.#log.insertBefore(one, this.#log.children[n] ?? null));
    this.#clear.hidden = fresh;
    this.#panel.classList.toggle("fresh", fresh);
    this.#submit.textContent = this.#running ? this.#t.stop : this.#t.ask;
    this.#submit.classList.toggle("stop", this.#running !== null);
  }

  /** @param {Turn} turn */
  #viewOf(turn) {
    let view = this.#views.get(turn);
    if (!view) {
      view = new TurnView(turn, this.#t, this.#language, {
        open: (citation) => this.openArticle(citation.article_id, citation),
        retry: () => this.#running || this.#run(turn, true),
        say: (text) => this.#live.append(el("p", {}, text)),
      });
      this.#views.set(turn, view);
      view.update();
    }
    return view;
  }

  /** Show an article's text; with a citation, scrolled to its quote.
   * @param {string} id @param {Citation} [citation] */
  async openArticle(id, citation) {
    const t = this.#t;
    const turn = ++this.#opened;
    const close = button("soft", [t.close], () => this.#dialog.close());
    const title = el("h2", { id: "article", dir: "auto" }, citation ? plain(citation.title) : t.opening);
    const head = el("div", {}, title);
    const body = el("div", { class: "body", tabindex: "0", role: "group", "aria-labelledby": "article" }, t.opening);
    this.#dialog.replaceChildren(el("div", { class: "head" }, head, close), body);
    this.#dialog.onclick = (event) => event.target === this.#dialog && this.#dialog.close();
    if (!this.#dialog.open) this.#dialog.showModal();
    close.focus();
    const text = el("div", { class: "text" });
    /** @param {number} start @param {number} end in code points */
    const show = (start, end) => mark(unitOf(article.text, start), unitOf(article.text, end));
    /** @param {number} start @param {number} end */
    const mark = (start, end) => {
      let at = 0;
      text.replaceChildren(...article.text.split("\n").flatMap((line) => {
        const from = at;
        at += line.length + 1;
        const parts = marked(line, Math.max(0, start - from), Math.min(line.length, end - from));
        return line.trim() ? [el("p", { dir: "auto" }, ...parts)] : [];
      }));
      const found = text.querySelector("mark");
      if (!found) return;
      found.tabIndex = -1;
      found.focus({ preventScroll: true });
      found.scrollIntoView({ block: "center" });
    };
    /** @type {Article} */
    let article;
    /** @type {Node | null | undefined} */
    let beside;
    try {
      [article, beside] = await Promise.all([
        this.get(`articles/${encodeURIComponent(id)}`),
        this.beside?.(id, show, !citation),
      ]);
    } catch (note) {
      if (turn === this.#opened) body.replaceChildren(noteText(/** @type {Note} */ (note), t));
      return;
    }
    if (turn !== this.#opened) return;
    title.replaceChildren(plain(article.title));
    head.append(factsOf(article, this.#language, t, article.author));
    body.replaceChildren();
    let [start, end] = [0, 0];
    if (citation) {
      [start, end] = [unitOf(article.text, citation.start), unitOf(article.text, citation.end)];
      if (article.text.slice(start, end) !== citation.quote) {
        body.append(p("aside", t.changed));
        start = article.text.indexOf(citation.quote);
        end = start < 0 ? start : start + citation.quote.length;
      }
    }
    if (beside) body.append(beside);
    body.append(text);
    mark(start, end);
  }
}

/** A question and what became of it. */
class TurnView {
  /** @type {string[]} */
  #drawn = [];
  #finished = false;
  /** @type {Set<number>} */
  #cards = new Set();
  #prose = el("div", { class: "prose" });
  #proof = el("div");
  #end = el("div");
  #note = el("div", { class: "note" });
  /** @type {Note | null} */
  #told = null;

  /**
   * @param {Turn} turn
   * @param {Words} t
   * @param {string} language
   * @param {{ open: (citation: Citation) => void, retry: () => void, say: (text: string) => void }} acts
   */
  constructor(turn, t, language, acts) {
    this.turn = turn;
    this.t = t;
    this.language = language;
    this.acts = acts;
    this.heading = el("h3", { dir: "auto", tabindex: "-1" }, turn.question);
    this.element = el("article", { class: "turn" }, this.heading, this.#prose, this.#proof, this.#note, this.#end);
  }

  /** @param {string} text */
  wait(text) {
    if (this.turn.done || this.turn.note) return;
    this.#note.replaceChildren(p("busy", text));
    this.acts.say(text);
  }

  /** Draw what is new. */
  update() {
    const { answer, done, note } = this.turn;
    if (answer) this.#add(answer, done);
    if (done) this.#note.replaceChildren();
    else if (note && note !== this.#told) this.#explain(note);
    else if (!note && !this.#note.hasChildNodes()) this.wait(this.t.busy);
  }

  /** @param {Answer} answer @param {boolean} done */
  #add(answer, done) {
    const cited = new Map(answer.citations.map((citation) => [citation.number, citation]));
    /** @param {Sentence} sentence */
    const proofOf = (sentence) => sentence.citations.flatMap((number) => cited.get(number) ?? []);
    const all = answer.sentences.map((sentence) => JSON.stringify([sentence, proofOf(sentence)]));
    // The whole answer has the last word over what was streamed.
    if (done && this.#drawn.some((drawn, n) => drawn !== all[n])) {
      this.#drawn = [];
      this.#cards.clear();
      this.#prose.replaceChildren();
      this.#proof.replaceChildren();
    }
    for (const sentence of answer.sentences.slice(this.#drawn.length)) {
      const proof = proofOf(sentence);
      // No sentence is shown before its proof is here.
      const proved = proof.length > 0 && proof.length === sentence.citations.length;
      if (!proved && !done) break;
      this.#drawn.push(JSON.stringify([sentence, proof]));
      if (!proved) continue;
      // A sentence that is a quote is its own card.
      if (proof.length > 1 || proof[0]?.quote !== sentence.text)
        this.#prose.append(el("p", { dir: "auto" }, sentence.text, ...sentence.citations.map((n) => this.#reference(n))));
      for (const citation of proof) if (!this.#cards.has(citation.number)) {
        this.#cards.add(citation.number);
        this.#proof.append(this.#card(citation));
      }
      const who = proof[0]?.speaker;
      this.acts.say((who ? `${plain(who)}: ` : "") + sentence.text);
    }
    if (done && !this.#finished) this.#finish(answer);
  }

  /** @param {Answer} answer */
  #finish(answer) {
    const { t } = this;
    this.#finished = true;
    const end = this.#end;
    if (answer.status !== "answered") {
      end.append(p("verdict", t.none), el("p", { dir: "auto" }, answer.answer));
      if (answer.closest.length) end.append(p("label", t.near));
      end.append(el("div", { class: "near" }, ...answer.closest.map((citation) => this.#card(citation))));
      this.acts.say(`${t.none}. ${answer.answer}`);
    }
    if (answer.degraded_reason) end.append(p("aside", answer.degraded_reason));
    if (answer.rejected.length) end.append(p("aside", put(t.withheld, answer.rejected.length)));
    const tools = el("div", { class: "tools" });
    /** @param {string} name @param {() => string} text */
    const copier = (name, text) => {
      const made = button("soft", [name], async () => {
        await copy(text(), made);
        made.textContent = t.copied;
        this.acts.say(t.copied);
        setTimeout(() => (made.textContent = name), 2_000);
      });
      return made;
    };
    if (answer.status === "answered") tools.append(copier(t.copy, () => asText(this.turn.question, answer)));
    tools.append(copier(t.link, () => linkTo(this.turn.question)));
    end.append(tools);
  }

  /** @param {Note} note */
  #explain(note) {
    this.#told = note;
    const retry = button("", [this.t.retry], this.acts.retry);
    this.#note.replaceChildren(noteText(note, this.t), ...(note.kind === "key" ? [] : [retry]));
    this.acts.say(this.#note.firstChild?.textContent ?? "");
    const left = (note.until ?? 0) - Date.now();
    if (left > 0) {
      retry.hidden = true;
      setTimeout(() => (retry.hidden = false), left);
    }
  }

  /** @param {number} number */
  #reference(number) {
    return button("ref", [`[${number}]`], () => {
      /** @type {HTMLElement | null} */
      const card = this.#proof.querySelector(`[data-number="${Number(number)}"]`);
      card?.scrollIntoView({ block: "nearest" });
      card?.querySelector("button")?.focus({ preventScroll: true });
    });
  }

  /** @param {Citation} citation */
  #card(citation) {
    const { t } = this;
    const { quote, highlight, start } = citation;
    /** @param {number} at */
    const inside = (at) => unitOf(quote, at - start);
    const words = highlight ? marked(quote, inside(highlight.start), inside(highlight.end)) : [quote];
    const text = el("blockquote", { dir: "auto" }, ...words);
    text.addEventListener("click", () => String(getSelection()) || this.acts.open(citation));
    const title = button("title", [named(citation.title), el("span", { class: "sr" }, `, ${t.open}`)], () =>
      this.acts.open(citation));
    return el("article", { class: "card", "data-number": String(citation.number) },
      el("span", { class: "number" }, String(citation.number)),
      ...(citation.speaker ? [p("speaker", named(citation.speaker))] : []),
      text,
      title,
      factsOf(citation, this.language, t, null));
  }
}

/** Where it stands: publisher or file, date, copies, link.
 * @param {Article | Citation} about @param {string} language @param {Words} t @param {string | null} author */
function factsOf(about, language, t, author) {
  const others = "copies" in about ? (about.copies?.count ?? 0) : 0;
  const facts = [author, about.publisher ?? about.source_name, dateOf(about.published_at, language)];
  const shown = [
    ...facts.flatMap((fact) => (fact ? [named(fact)] : [])),
    ...(others > 0 ? [put(t.copies, others)] : []),
    ...webLink(about.url, t.original),
  ];
  return p("facts", ...shown.flatMap((fact, n) => (n ? [" · ", fact] : [fact])));
}

/** The day as it was published, whatever the reader's own time zone.
 * @param {string | null} published @param {string} language */
function dateOf(published, language) {
  const day = new Date((published ?? "").slice(0, 10));
  if (Number.isNaN(day.getTime())) return published;
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(day);
}

/** @param {string} text @param {number} n */
const put = (text, n) => text.replace("{n}", String(n));

/** @param {Note} note @param {Words} t */
function noteText(note, t) {
  const known = /** @type {Record<string, string>} */ (t)[note.kind] ?? t.failed;
  const seconds = Math.max(1, Math.ceil(((note.until ?? 0) - Date.now()) / 1000));
  return el("p", {}, note.detail ?? put(known, seconds));
}

/** The answer and where each quote stands, to be pasted anywhere. @param {string} question @param {Answer} answer */
function asText(question, answer) {
  const numbers = new Set(answer.sentences.flatMap((sentence) => sentence.citations));
  const sources = answer.citations.filter((citation) => numbers.has(citation.number)).map((c) => {
    const place = `${c.url ?? c.source_name ?? c.article_id} (${c.start}–${c.end})`;
    return `[${c.number}] ` + [c.speaker, c.title, c.publisher, c.published_at, place].filter(Boolean).join(" · ");
  });
  const sentences = answer.sentences.map((s) => s.text + s.citations.map((n) => ` [${n}]`).join(""));
  return [question, sentences.join("\n\n"), sources.join("\n"), linkTo(question)].join("\n\n");
}

/** The address that asks this question again, on this page. @param {string} question */
function linkTo(question) {
  const url = new URL(location.href);
  url.hash = `onrecord=${encodeURIComponent(question)}`;
  return url.href;
}

/** @param {string} text @param {HTMLElement} beside */
async function copy(text, beside) {
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    // Without TLS, or in a frame, there is no clipboard to write to; what is selected can be copied all the same.
  }
  const area = el("textarea", { class: "sr" });
  area.value = text;
  beside.after(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  beside.focus();
}

if (customElements.get("onrecord-chat")) return;
customElements.define("onrecord-chat", OnrecordChat);

/** A script tag alone is a launcher, unless the page has placed the chat itself. */
function launch() {
  if (!tag || document.querySelector("onrecord-chat")) return;
  document.body.append(el("onrecord-chat", /** @type {Record<string, string>} */ ({ ...tag.dataset })));
}
if (document.readyState === "loading") addEventListener("DOMContentLoaded", launch);
else launch();
})();
