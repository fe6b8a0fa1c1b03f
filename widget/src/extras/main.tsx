import '../panel/main'; // all that is shared with the panel stands with it in one chunk
import { render } from 'preact';
import filesCss from '../panel/attachments.css';
import { sendFiles } from '../panel/uploads';
import { enExtras } from '../text/en_extras';
import { CallView } from './call';
import type { Card, Extras } from './cards';
import { ConsentView } from './consent';
import { EmojiView } from './emoji';
import css from './extras.css';
import { FileView, UploadsView } from './files';
import { FormView } from './form';
import { MarkupView } from './markup';
import { MenuView } from './menu';
import { RatingView } from './rating';

export const extras: Extras = {
  draw: (element, card) => render(view(card), element),
  clear: (element) => render(null, element),
  css: css + filesCss,
  words: enExtras,
  sendFiles,
};

function view(card: Card) {
  switch (card.kind) {
    case 'form':
      return <FormView {...card} />;
    case 'rating':
      return <RatingView {...card} />;
    case 'call':
      return <CallView {...card} />;
    case 'menu':
      return <MenuView {...card} />;
    case 'file':
      return <FileView {...card} />;
    case 'uploads':
      return <UploadsView {...card} />;
    case 'markup':
      return <MarkupView {...card} />;
    case 'emoji':
      return <EmojiView {...card} />;
    case 'consent':
      return <ConsentView {...card} />;
  }
}
