import '../panel/main'; // all that is shared with the panel stands with it in one chunk
import type { Thread } from '../panel/talk';
import { enThread } from '../text/en_thread';
import css from './thread.css';
import { ThreadView } from './view';

export const thread: Thread = { View: ThreadView, css, words: enThread };
