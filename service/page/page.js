"use strict";
// Everything that comes from an article is set as text, never as markup.

const form = document.querySelector("#form");
const question = document.querySelector("#question");
const answer = document.querySelector("#answer");
const article = document.querySelector("#article");

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

async function fetchJson(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, options).catch(() => {
    throw new Error("The service cannot be reached. Check that it runs, then ask again.");
  });
  const data = await response.json();
  if (!response.ok) throw new Error(data.detail ?? response.statusText);
  return data;
}

function card(citation) {
  const open = element("button", "", citation.title);
  open.type = "button";
  open.addEventListener("click", () => show(citation).catch((error) => tell(error.message)));
  const date = citation.published_at?.slice(0, 10);
  const facts = [citation.speaker, citation.publisher, date, citation.source_name].filter(Boolean);
  return element("article", "card",
    element("blockquote", "", `“${citation.quote}” [${citation.number}]`),
    element("p", "facts", open, ...facts.map((fact) => ` · ${fact}`)));
}

async function show(citation) {
  const found = await fetchJson(`articles/${encodeURIComponent(citation.article_id)}`);
  // Offsets count code points; a string's own indices count UTF-16 units.
  const points = Array.from(found.text);
  const mark = element("mark", "", points.slice(citation.start, citation.end).join(""));
  document.querySelector("#article-title").textContent = found.title;
  document.querySelector("#article-facts").textContent =
    [found.author, found.publisher, found.published_at].filter(Boolean).join(" · ");
  document.querySelector("#article-text").replaceChildren(
    points.slice(0, citation.start).join(""), mark, points.slice(citation.end).join(""));
  article.showModal();
  mark.scrollIntoView({ block: "center" });
}

function tell(message) {
  answer.replaceChildren(element("p", "facts", message));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  answer.setAttribute("aria-busy", "true");
  try {
    const found = await fetchJson("ask", { question: question.value });
    if (found.status === "answered") {
      answer.replaceChildren(...found.citations.map(card));
    } else {
      const closest = element("section", "closest", ...found.closest.map(card));
      const hint = found.closest.length ? "The closest it has:" : "";
      answer.replaceChildren(element("p", "", found.answer), element("p", "facts", hint), closest);
    }
  } catch (error) {
    tell(error.message);
  } finally {
    answer.setAttribute("aria-busy", "false");
  }
});
