import { pageWidget } from '../../../widget/src/loader/page';
import { serverOf } from '../../../widget/src/loader/script';
import { load } from './load';

try {
  const script = document.currentScript ?? document.querySelector('script[src*="/chatra.js"]');
  const server = serverOf(script as HTMLScriptElement | null);
  load(pageWidget(server), server, () => import(/* @vite-ignore */ `${server}/chatra-locale.js`));
} catch (error) {
  console.warn('Chatra:', error);
}
