import { pageWidget } from '../../../widget/src/loader/page';
import { install } from './load';

try {
  install(pageWidget, (address) => import(/* @vite-ignore */ address));
} catch (error) {
  console.warn('Pavior:', error);
}
