/**
 * What the account says of its widget: the answer of `GET /confab/widget/config?account={name}`, where the name is an account's
 * id or vanity id, `channel:` with a widget id, or the kind of a credential, a colon and its public name. Everything in
 * `widget` may be missing; defaults are beside the fields. Written in the bootstrap file under `widget` of an account, and of a
 * channel, whose words outrank the account's.
 */
export interface Config {
  account: { id: string; name: string };
  /** The installation that was named, if one was. */
  channel?: { widgetId: string; name: string };
  groups: { id: string; no: number; name: string }[];
  /** A visitor may ask to be called. */
  calls: boolean;
  /** From when to when calls are taken, milliseconds UTC, for the days to come. Default: always. */
  callTimes?: [from: number, until: number][];
  widget: WidgetConfig;
}

export type Language = 'en' | 'de' | 'fr' | 'es' | 'nl' | 'pt' | 'it' | 'ru';
/** Edge of the window, and where on it: bottom left, centre, right; left top, middle, bottom; right top, middle, bottom. */
export type Place = 'bl' | 'bc' | 'br' | 'lt' | 'lm' | 'lb' | 'rt' | 'rm' | 'rb';
export type ButtonStyle = 'round' | 'tab' | 'text';
export type Theme = 'auto' | 'light' | 'dark';
/** CSS colours. */
export interface Colors {
  buttonBg?: string;
  buttonText?: string;
  clientBubbleBg?: string;
  agentBubbleBg?: string;
}

export interface WidgetConfig {
  /** Over the panel. Default: the account's name. */
  title?: string;
  greeting?: string;
  /** "Usually answers within an hour". Shown while somebody is there. */
  replyTime?: string;
  /** Default: the page's, if it is one of ours, else English. */
  language?: Language;
  /** Words of the widget in the site's own words, by language or `all`, by the names of the catalogue. */
  strings?: Partial<Record<Language | 'all', Record<string, string>>>;
  /** Default auto. */
  theme?: Theme;
  /** Defaults: round, br, 60 px, shown also when nobody is there. `text` stands on the styles tab and text. */
  button?: { style?: ButtonStyle; place?: Place; size?: number; text?: string; hideWhenAway?: boolean };
  /** Of the panel, px. Defaults 380 and 600. */
  size?: { width?: number; height?: number };
  colors?: Colors;
  zIndex?: number;
  /** Default all. */
  devices?: 'all' | 'mobile' | 'desktop';
  /** Default true. */
  sound?: boolean;
  /** Asked of who is not known yet: after the first message (default), before it, or never. Default fields: none, so no form. */
  form?: { when?: 'after' | 'before' | 'never'; text?: string; fields?: Field[] };
  /** Takes the place of the thread while nobody is there. Default: off; messages then simply wait. */
  offline?: { text?: string; fields?: Field[] };
  /** Asked before anything is kept in the browser or sent. Default: not asked. */
  consent?: { text: string; link?: string };
  /** Asked when an agent has closed a conversation. Default score. */
  rating?: 'score' | 'thumbs' | 'off';
  /** Default true. */
  queue?: boolean;
  /** Default true: visitors may send files. */
  files?: boolean;
  /** A first word with answers to choose from. */
  bot?: { online?: BotScenario; offline?: BotScenario };
  rules?: Rule[];
}

/** A question of a form. `group` offers the account's groups; names other than these five are kept as fields of the form. */
export interface Field {
  name: 'name' | 'email' | 'phone' | 'group' | 'message' | (string & {});
  /** Default: the catalogue's word for the five names, else the name. */
  label?: string;
  /** Default: by the name, else text. */
  type?: 'text' | 'email' | 'phone' | 'textarea' | 'select' | 'checkbox';
  required?: boolean;
  /** Of select. */
  options?: string[];
}

export interface BotScenario {
  text: string;
  /** What a visitor may pick. It is sent as his message; `answer`, if there is one, follows by itself. */
  options: { text: string; answer?: string }[];
}

/** An invitation that comes by itself once all its conditions hold. */
export interface Rule {
  id: string;
  /** Whether anybody must be there. Default any. */
  when?: 'online' | 'offline' | 'any';
  conditions: Condition[];
  invite: { text: string; group?: string };
  /** How often one visitor sees it. Default visit. */
  once?: 'page' | 'visit' | 'ever';
}
/** What is known of the visitor under the name of an attribute. Of the comparisons those that are named must all be so. */
export interface AttributeCondition {
  type: 'attribute';
  name: string;
  is?: string | number | boolean;
  isNot?: string | number | boolean;
  contains?: string;
  atLeast?: number;
  below?: number;
  /** ISO 8601. */
  after?: string;
  before?: string;
  known?: boolean;
}
export type Condition =
  | { type: 'seconds_on_page' | 'seconds_on_site' | 'pages_viewed' | 'visits'; atLeast: number }
  | { type: 'url' | 'title' | 'referrer'; is?: string; contains?: string; matches?: string }
  | AttributeCondition
  | { type: 'scrolled'; percent: number }
  | { type: 'leaving' };
