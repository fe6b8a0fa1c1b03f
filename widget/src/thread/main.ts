import '../panel/main'; // all that is shared with the panel stands with it in one chunk
import { applyBubbles } from '../bubbles';
import type { Thread } from '../panel/talk';
import { enThread } from '../text/en_thread';
import { Header } from './header';
import { Instead } from './instead';
import { LastChat } from './last';
import { Page } from './page';
import css from './thread.css';
import { ThreadView } from './view';

export const thread: Thread = {
  View: ThreadView,
  Header,
  Page,
  Instead,
  LastChat,
  paint: applyBubbles,
  css,
  words: enThread,
};
