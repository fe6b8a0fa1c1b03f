import { useState } from 'preact/hooks';
import type { Say } from '../text/say';
import type { Core } from '../types';
import type { ConsentCard } from './cards';

/** Asked before anything is kept or sent. */
export function ConsentView({ core, say, text, link }: ConsentCard & { core: Core; say: Say }) {
  const [declined, setDeclined] = useState(false);
  const decline = (): void => {
    setDeclined(true);
    void core.consent('terms', false);
  };
  return (
    <div class="stack form page">
      <div class="intro">
        <h3>{say('consentTitle')}</h3>
        <p>{text || say('consentText')}</p>
        {link && (
          <p>
            <a href={link} target="_blank" rel="noopener noreferrer">
              {say('consentLink')}
            </a>
          </p>
        )}
      </div>
      <p role="status" class="status">
        {declined && say('declined')}
      </p>
      <div class="row">
        <button type="button" class="btn p" onClick={() => void core.consent('terms', true)}>
          {say('agree')}
        </button>
        {!declined && (
          <button type="button" class="btn" onClick={decline}>
            {say('decline')}
          </button>
        )}
      </div>
    </div>
  );
}
