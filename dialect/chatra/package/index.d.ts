export type ButtonPosition = 'bl' | 'bc' | 'br' | 'lt' | 'lm' | 'lb' | 'rt' | 'rm' | 'rb';
export type Language = 'en' | 'de' | 'fr' | 'es' | 'nl' | 'pt' | 'it' | 'ru';

/** Each `#fff` or `#ffffff`. */
export interface Colors {
  buttonText?: string;
  buttonBg?: string;
  clientBubbleBg?: string;
  agentBubbleBg?: string;
}

/** In the shape of `<host>/locale.json`; each text for all languages, or an object of texts by language. */
export interface Locale {
  [key: string]: string | Partial<Record<Language, string>> | Locale;
}

export interface NewMessage {
  id: string;
  text: string;
  /** Milliseconds UTC. */
  createdAt: number;
  type: 'agent' | 'client' | 'bot';
}

export interface Setup {
  buttonStyle?: 'tab' | 'round';
  buttonPosition?: ButtonPosition;
  /** Of the round button, px. */
  buttonSize?: number;
  /** A CSS selector: these elements are the button. */
  customWidgetButton?: string;
  /** px, at least 280. */
  chatWidth?: number;
  /** px, at least 300. */
  chatHeight?: number;
  zIndex?: number;
  colors?: Colors;
  startHidden?: boolean;
  mobileOnly?: boolean;
  disabledOnMobile?: boolean;
  language?: Language;
  locale?: Locale;
  mode?: 'widget' | 'frame';
  /** With `frame`: the element that the chat fills, by its id, itself, or the first of a list. */
  injectTo?: string | Element | ArrayLike<Element>;
  /** Random and secret: whoever knows it reads the conversation. */
  clientId?: string;
  groupId?: string;
  gaTrackingId?: string;
  disableGaTracking?: boolean;
  yaCounterId?: string | number;
  disableYaTracking?: boolean;
  onNewMessage?: (message: NewMessage) => void;
  onAnalyticEvent?: (name: string) => void;
  deferredLoading?: boolean;
  disableChatOpenHash?: boolean;
}

export type Integration = Record<string, string | number | boolean>;

export interface Config {
  /** The account's public key. */
  ID: string;
  setup?: Setup;
  integration?: Integration;
  /** Where the script comes from, `https://chat.example`; without it the page's own address. */
  host?: string;
}

/** Arguments of each call by its name. */
export interface Calls {
  init: [config: Config];
  sendAutoMessage: [text: string];
  setButtonPosition: [position: ButtonPosition];
  resetButtonPosition: [];
  setButtonSize: [size: number];
  setChatWidth: [width: number];
  setChatHeight: [height: number];
  setZIndex: [zIndex: number];
  setColors: [colors: Colors];
  resetColors: [];
  openChat: [focus?: boolean];
  expandWidget: [focus?: boolean];
  minimizeWidget: [];
  hide: [];
  show: [];
  pageView: [];
  setIntegrationData: [data: Integration];
  /** null removes. */
  updateIntegrationData: [data: Record<string, string | number | boolean | null>];
  setLocale: [locale: Locale];
  setGroupId: [id: string | null];
  restart: [];
  kill: [];
}

export declare function Chatra<M extends keyof Calls>(method: M, ...args: Calls[M]): void;
export default Chatra;
