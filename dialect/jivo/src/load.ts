import type { Widget } from '../../../widget/src/types';
import { type Api, makeApi } from './api';
import { Callbacks, callPage } from './callbacks';
import { Calls } from './calls';
import { Contact } from './contact';

declare global {
  interface Window {
    /** There once the widget is ready, and not before. */
    jivo_api?: Api;
  }
}

const mark = Symbol.for('confab.jivo');

/** Starts the widget of the channel that the script's tag names, once in a page. */
export function load(widgetOf: (server: string) => Widget): void {
  const own = ownScript();
  if (!own) return console.warn('JivoChat: the address of the script names no widget.');
  if (mark in window) return;
  Object.assign(window, { [mark]: true });
  const widget = widgetOf(own.server);
  listen(widget);
  whenBody(() => {
    // Another script may have started the widget of this page: there is one, and this adds its words to it.
    if (widget.started) return;
    widget.init({
      account: `channel:${own.widgetId}`,
      server: own.server,
      identity: {},
      group: null,
      hidden: false,
      look: {},
    });
  });
}

function listen(widget: Widget): void {
  const contact = new Contact(widget);
  const calls = new Calls(widget);
  const callbacks = new Callbacks(widget);
  const api = makeApi(widget, contact, calls);
  let over = false;
  const ready = (): void => {
    if (over) return;
    over = true;
    window.jivo_api = api;
    callPage('jivo_onLoadCallback');
    callbacks.begin();
  };
  if (widget.ready) ready();
  else widget.on('ready', ready);
}

interface OwnScript {
  widgetId: string;
  server: string;
}

/** What the tag says this code came from; if that is not known any more, the first one like it. */
function ownScript(): OwnScript | null {
  for (const script of [document.currentScript, ...document.scripts]) {
    const found = script instanceof HTMLScriptElement && read(script);
    if (found) return found;
  }
  return null;
}

function read(script: HTMLScriptElement): OwnScript | null {
  if (!script.src) return null;
  const { pathname, origin } = new URL(script.src, location.href);
  const inPath = /^\/(?:script\/)?widget\/([^/]+)\/?$/.exec(pathname)?.[1];
  const onTag = pathname === '/widget.js' && (script.getAttribute('jv-id') || script.dataset.jvId);
  const widgetId = inPath ?? onTag;
  return widgetId ? { widgetId, server: origin } : null;
}

function whenBody(work: () => void): void {
  if (document.body) work();
  else addEventListener('DOMContentLoaded', work, { once: true });
}
