// What the service sends, for `tsc` alone; docs/http.md has the contract.

interface Span {
  start: number;
  end: number;
}

interface Source {
  title: string;
  publisher: string | null;
  published_at: string | null;
  url: string | null;
  source_name: string | null;
}

interface Citation extends Span, Source {
  number: number;
  article_id: string;
  quote: string;
  highlight: Span | null;
  speaker: string | null;
  copies?: { count?: number } | null;
}

interface Sentence {
  text: string;
  citations: number[];
}

interface Answer {
  status: string;
  answer: string;
  degraded_reason: string | null;
  sentences: Sentence[];
  citations: Citation[];
  disagreements?: { citations: number[]; reason: string }[];
  rejected: unknown[];
  closest: Citation[];
}

interface Quotation extends Span {
  text: string;
  cue: string | null;
  speaker: string | null;
  role: string | null;
}

interface Article extends Source {
  author: string | null;
  text: string;
}

interface ArticleList {
  articles: (Source & { id: string })[];
  next_cursor: string | null;
}

// What the widget keeps.

/** Why there is no whole answer. */
interface Note {
  kind: string;
  detail?: string;
  until?: number;
}

interface Turn {
  question: string;
  answer: Answer | null;
  done: boolean;
  note: Note | null;
}

/** The widget, as the page uses it. */
interface ChatElement extends HTMLElement {
  key: string;
  beside: ((id: string, show: (start: number, end: number) => void, whole: boolean) => Promise<Node | null>) | undefined;
  get(path: string): Promise<any>;
  refresh(): Promise<void>;
  openArticle(id: string): Promise<void>;
}

interface HTMLElementTagNameMap {
  "onrecord-chat": ChatElement;
}
