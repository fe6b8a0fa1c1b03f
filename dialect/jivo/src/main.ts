import { pageWidget } from '../../../widget/src/loader/page';
import { load } from './load';

try {
  load(pageWidget);
} catch (error) {
  console.warn('JivoChat:', error);
}
