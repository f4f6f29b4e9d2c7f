// What is pasted from Word, Google Docs or a mail, made as small and clean as what is written here.
import { Extension } from "django-prose-editor/editor";

const DROPPED = "script, style, meta, link, title, xml, img, object, iframe, del, br.Apple-interchange-newline, .msocomanchor, .MsoCommentReference";
const HIDDEN = '[style*="mso-element:comment" i], [style*="mso-hide:all" i], [style*="display:none" i]';
const DRAWN = /^[vw]:/i; // Word's own drawings and settings; its other elements (o:p, st1:place) stand around words
const BLOCKS = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, hr";
const HEADINGS = "h1, h2, h3, h4, h5, h6";
const MARKER = '[style*="mso-list:ignore" i]'; // the bullet or number that Word has written before a list's item
const FAKE = /^[\s\u00a0]*([·•▪§o-]|\(?(?:\d{1,3}|[a-z])[.)])[\s\u00a0]+/i; // the same where nothing marks it
const NUMBERED = /^\(?[\da-z]+[.)]/i;
const KEPT = ["href", "colspan", "rowspan"];

const unwrap = (element) => element.replaceWith(...element.childNodes);

const wrap = (element, tag) => {
  const wrapper = element.ownerDocument.createElement(tag);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
};

const rename = (element, tag) => {
  const renamed = element.ownerDocument.createElement(tag);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
};

const drop = (body) => {
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const element of [...found, ...body.querySelectorAll(`${DROPPED}, ${HIDDEN}`)]) element.remove();
  for (const element of body.querySelectorAll("*")) {
    if (!element.localName.includes(":")) continue;
    if (DRAWN.test(element.localName)) element.remove();
    else unwrap(element);
  }
};

// Returns what list, and how deep in it, a paragraph of Word's belongs to, having taken its bullet or number away; null for none.
const itemOf = (paragraph) => {
  const level = /mso-list:\s*l\d+\s+level(\d+)/i.exec(paragraph.getAttribute("style") ?? "")?.[1];
  if (!level && !/^MsoListParagraph/.test(paragraph.className)) return null;
  const marker = paragraph.querySelector(MARKER);
  let words = marker?.textContent.trim();
  if (marker) marker.remove();
  else {
    const text = paragraph.ownerDocument.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT).nextNode();
    words = FAKE.exec(text?.data ?? "")?.[1];
    if (words) text.data = text.data.replace(FAKE, "");
  }
  return words ? { level: Number(level ?? 1), tag: NUMBERED.test(words) ? "ol" : "ul" } : null;
};

const lists = (body) => {
  let open = []; // the lists that the last item stands in, the outermost first
  for (const paragraph of body.querySelectorAll("p")) {
    const item = itemOf(paragraph);
    if (!item) continue;
    if (paragraph.previousElementSibling !== open[0]) open = [];
    const depth = Math.min(item.level, open.length + 1);
    open.length = Math.min(open.length, depth);
    if (open.length === depth && open.at(-1).localName !== item.tag) open.pop();
    if (open.length < depth) {
      const list = body.ownerDocument.createElement(item.tag);
      if (open.length) open.at(-1).lastElementChild.append(list);
      else paragraph.before(list);
      open.push(list);
    }
    const row = body.ownerDocument.createElement("li");
    open.at(-1).append(row);
    row.append(paragraph);
  }
  for (const inner of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) inner.previousElementSibling?.append(inner); // as Google Docs nests them
};

const marks = (body) => {
  for (const element of body.querySelectorAll("b, i, span, font, ins")) {
    const { fontWeight, fontStyle, verticalAlign } = element.style;
    const isPlain = !["b", "i"].includes(element.localName);
    if (isPlain && /^(bold|[6-9]00)$/.test(fontWeight)) wrap(element, "strong");
    if (isPlain && fontStyle === "italic") wrap(element, "em");
    if (isPlain && ["sub", "super"].includes(verticalAlign)) wrap(element, verticalAlign === "sub" ? "sub" : "sup");
    const undone = element.localName === "b" ? /^(normal|[1-4]00)$/.test(fontWeight) : fontStyle === "normal";
    if (isPlain || undone) unwrap(element);
  }
};

const headings = (body) => {
  const found = [...body.querySelectorAll(HEADINGS)];
  const shift = body.querySelector("h1") ? 1 : 0;
  for (const heading of found) {
    for (const bold of heading.querySelectorAll(`b, strong, ${MARKER}`)) bold.matches(MARKER) ? bold.remove() : unwrap(bold);
    rename(heading, Number(heading.localName[1]) + shift > 2 ? "h3" : "h2");
  }
};

// Returns where a link leads, past those who count clicks on the way.
const target = (href) => {
  const url = URL.canParse(href) ? new URL(href) : null;
  if (url?.hostname === "www.google.com" && url.pathname === "/url") return url.searchParams.get("q") ?? url.searchParams.get("url") ?? "";
  if (url?.hostname.endsWith(".safelinks.protection.outlook.com")) return url.searchParams.get("url") ?? "";
  return href;
};

const links = (body) => {
  for (const link of body.querySelectorAll("a")) {
    const href = target(link.getAttribute("href") ?? "");
    if (/^(https?:\/\/|mailto:|\/(?!\/))/i.test(href) && link.textContent.trim()) link.setAttribute("href", href);
    else unwrap(link);
  }
};

const spaces = (body) => {
  body.normalize();
  const texts = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(/[\s\u00a0]{2,}/g, " ");
  for (const line of body.querySelectorAll("br")) {
    const isBetween = [...line.parentNode.children].some((sibling) => sibling.matches(BLOCKS));
    const isLast = !line.nextElementSibling && !line.nextSibling?.data.trim();
    if (isBetween || isLast) line.remove();
  }
  for (const paragraph of body.querySelectorAll("p")) paragraph.outerHTML = paragraph.outerHTML.replace(/(<br[^>]*>\s*){2,}/g, "</p><p>");
  for (const block of [...body.querySelectorAll(`p, ${HEADINGS}, li`)].reverse()) {
    const [first, last] = [block.firstChild, block.lastChild];
    if (first?.data) first.data = first.data.trimStart();
    if (last?.data) last.data = last.data.trimEnd();
    if (!block.textContent.trim()) block.remove();
  }
};

export const clean = (html) => {
  if (html.includes("data-pm-slice")) return html; // cut or copied in an editor of ours
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const step of [drop, lists, marks, headings, links, spaces]) step(body);
  for (const element of body.querySelectorAll("*")) {
    for (const name of element.getAttributeNames()) if (!KEPT.includes(name)) element.removeAttribute(name);
  }
  return body.innerHTML;
};

export const Paste = Extension.create({ name: "cleanPaste", transformPastedHTML: clean });
