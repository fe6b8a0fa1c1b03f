import { pageWidget } from '../../../widget/src/loader/page';
import { serverOf } from '../../../widget/src/loader/script';
import { load } from './load';

try {
  load(
    pageWidget,
    serverOf(
      (document.currentScript ?? document.querySelector('script[src*="/chatra.js"]')) as HTMLScriptElement | null,
    ),
  );
} catch (error) {
  console.warn('Chatra:', error);
}
